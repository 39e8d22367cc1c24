//! Letters that only differ in style from ASCII ones: circled, squared, mathematical, small
//! capitals, regional indicators.

/// How a character was styled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Nobody types it by hand: always worth a note.
    Fancy,
    /// Full width: ordinary in Chinese, Japanese and Korean text.
    FullWidth,
    /// Emoji of blood types and parking: a letter only beside other squared letters.
    Square,
}

/// The ASCII letter or digit that `character` is a variant of.
pub(super) fn plain(character: char) -> Option<(char, Style)> {
    let code = u32::from(character);
    let letter = |first: u32, base: u8| char::from_u32(u32::from(base) + (code - first));
    let found = match code {
        0xff10..=0xff19 => return letter(0xff10, b'0').map(|plain| (plain, Style::FullWidth)),
        0xff21..=0xff3a => return letter(0xff21, b'A').map(|plain| (plain, Style::FullWidth)),
        0xff41..=0xff5a => return letter(0xff41, b'a').map(|plain| (plain, Style::FullWidth)),
        0x1f170 | 0x1f171 | 0x1f17e | 0x1f17f => {
            return letter(0x1f170, b'A').map(|plain| (plain, Style::Square));
        }
        0x249c..=0x24b5 => letter(0x249c, b'a'),
        0x24b6..=0x24cf => letter(0x24b6, b'A'),
        0x24d0..=0x24e9 => letter(0x24d0, b'a'),
        0x1f110..=0x1f129 => letter(0x1f110, b'A'),
        0x1f130..=0x1f149 => letter(0x1f130, b'A'),
        0x1f150..=0x1f169 => letter(0x1f150, b'A'),
        0x1f170..=0x1f189 => letter(0x1f170, b'A'),
        // Letter-like symbols but for abbreviations and units; modifier letters; mathematics.
        0x2102..=0x2115
        | 0x2119..=0x211d
        | 0x2124
        | 0x2128
        | 0x212c..=0x2139
        | 0x2145..=0x2149
        | 0x02b0..=0x02b8
        | 0x02e1..=0x02e3
        | 0x1d2c..=0x1d6a
        | 0x2c7c..=0x2c7d
        | 0xa7f2..=0xa7f4
        | 0x1d400..=0x1d7ff => compatible(character),
        _ => None,
    };
    found.map(|plain| (plain, Style::Fancy))
}

/// The only character `character` decomposes to, if that is an ASCII letter or digit.
fn compatible(character: char) -> Option<char> {
    let mut only = None;
    let mut n_characters = 0;
    unicode_normalization::char::decompose_compatible(character, |part| {
        only = Some(part);
        n_characters += 1;
    });
    only.filter(|plain| n_characters == 1 && plain.is_ascii_alphanumeric())
}

/// The ASCII letter of a small capital, and whether phonetic transcription uses that letter too.
pub(super) fn small_capital(character: char) -> Option<(char, bool)> {
    Some(match character {
        'ᴀ' => ('a', false),
        'ᴄ' => ('c', false),
        'ᴅ' => ('d', false),
        'ᴇ' => ('e', false),
        'ꜰ' => ('f', false),
        'ᴊ' => ('j', false),
        'ᴋ' => ('k', false),
        'ᴍ' => ('m', false),
        'ᴏ' => ('o', false),
        'ᴘ' => ('p', false),
        'ꞯ' => ('q', false),
        'ꜱ' => ('s', false),
        'ᴛ' => ('t', false),
        'ᴜ' => ('u', false),
        'ᴠ' => ('v', false),
        'ᴡ' => ('w', false),
        'ᴢ' => ('z', false),
        'ʙ' => ('b', true),
        'ɢ' => ('g', true),
        'ʜ' => ('h', true),
        'ɪ' => ('i', true),
        'ʟ' => ('l', true),
        'ɴ' => ('n', true),
        'ʀ' => ('r', true),
        'ʏ' => ('y', true),
        _ => return None,
    })
}

/// The letter of a regional indicator.
pub(super) fn regional_indicator(character: char) -> Option<char> {
    match u32::from(character) {
        code @ 0x1f1e6..=0x1f1ff => char::from_u32(u32::from(b'A') + (code - 0x1f1e6)),
        _ => None,
    }
}

/// Whether two letters are the code of a region with a flag (ISO 3166-1 and the reserved codes
/// that Unicode's emoji data list).
pub(super) fn is_flag(first: char, second: char) -> bool {
    const SECONDS: [&str; 26] = [
        "CDEFGILMOQRSTUWXZ",
        "ABDEFGHIJLMNOQRSTVWYZ",
        "ACDFGHIKLMNOPQRUVWXYZ",
        "EGJKMOZ",
        "ACEGHRSTU",
        "IJKMOR",
        "ABDEFGHILMNPQRSTUWY",
        "KMNRTU",
        "CDELMNOQRST",
        "EMOP",
        "EGHIMNPRWYZ",
        "ABCIKRSTUVY",
        "ACDEFGHKLMNOPQRSTUVWXYZ",
        "ACEFGILOPRUZ",
        "M",
        "AEFGHKLMNRSTWY",
        "A",
        "EOSUW",
        "ABCDEGHIJKLMNORSTVXYZ",
        "ACDFGHJKLMNORTVWZ",
        "AGMNSYZ",
        "ACEGINU",
        "FS",
        "K",
        "ET",
        "AMW",
    ];
    let index = u32::from(first).wrapping_sub(u32::from('A')) as usize;
    SECONDS
        .get(index)
        .is_some_and(|seconds| seconds.contains(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let folded: String = input
            .chars()
            .map(|c| plain(c).map_or(c, |(plain, _)| plain))
            .collect();
        assert_eq!(folded, expected);
    }

    #[test]
    fn styled_letters_are_ascii_letters() {
        check("𝐯𝒊𝓪𝔤𝕣𝖺 𝟘𝟭", "viagra 01");
        check("ⓥⒾ⒜🄖🄰🅐🅰🆉", "vIaGAAAZ");
        check("ｆｕｌｌ０", "full0");
        check("ℂℝ ℌ ᴬᵇ ʰ", "CR H Ab h");
    }

    #[test]
    fn other_symbols_are_not() {
        check("™№℃½①²ªﬁⅣ𝛂😀é", "™№℃½①²ªﬁⅣ𝛂😀é");
    }
}
