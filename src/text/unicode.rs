//! One spelling for each character: NFKC, styled letters as plain ones, nothing invisible, at most
//! two marks on a letter, the typewriter apostrophe inside words.
//!
//! The text is cut into clusters at characters that never combine with what precedes them, so each
//! cluster can be normalised, and mapped, by itself. Compare UAX #15, section 9, and for the
//! styled letters UTS #39.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

use super::alignment::{Rewrite, Rewriter};
use super::ascii_end;
use super::hidden::{Fate, fate};
use super::oddity::OddityKind;
use super::script::ScriptGroup;
use super::styled::{self, Style};

/// Marks that may stand on one base. Vietnamese and pointed Hebrew and Arabic need two above or
/// below; the marks of scripts that stack more do not count.
const MAX_MARKS: usize = 2;

/// How far a word is followed to see whether it has small capitals.
const MAX_WORD: usize = 32;

/// Rewrites `text`; `None` if nothing changed. `note` gets oddities with spans of the input.
pub(super) fn fold(text: &str, note: &mut dyn FnMut(OddityKind, Range<usize>)) -> Option<Rewrite> {
    if is_all_inert(text) {
        return None;
    }
    let mut folder = Folder {
        text,
        rewriter: Rewriter::new(text),
        before: None,
        n_marks: 0,
        hidden: None,
        styled: None,
        stacked: None,
        has_cjk: None,
        small_capitals: 0..0,
        fold_small_capitals: false,
        cluster: String::new(),
    };
    let mut at = 0;
    while at < text.len() {
        // Of a run of ASCII only the last character has a neighbour that could matter.
        let end = ascii_end(text, at);
        if end > at + 1 {
            folder.before = Some(char::from(text.as_bytes()[end - 2]));
            folder.n_marks = 0;
            at = end - 1;
        }
        at = folder.step(at, note);
    }
    folder.flush(note);
    folder.rewriter.finish()
}

/// Whether there is nothing to do.
fn is_all_inert(text: &str) -> bool {
    let mut at = ascii_end(text, 0);
    while let Some(character) = text[at..].chars().next() {
        if !is_inert(character) {
            return false;
        }
        at = ascii_end(text, at + character.len_utf8());
    }
    true
}

/// Characters that every step leaves alone wherever they stand, unless a mark follows. It is there
/// for speed only; whatever is not listed takes the long way.
#[inline]
fn is_inert(character: char) -> bool {
    let is_letter = matches!(character,
        '\u{c0}'..='\u{131}' | '\u{134}'..='\u{13e}' | '\u{141}'..='\u{148}' | '\u{14a}'..='\u{17e}'
        | '\u{391}'..='\u{3a1}' | '\u{3a3}'..='\u{3ce}'
        | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}'
        | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}'
        | '\u{e01}'..='\u{e30}' | '\u{1ea0}'..='\u{1ef9}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fe}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let is_sign = || {
        matches!(character,
        '\u{a1}'..='\u{a7}' | '\u{a9}' | '\u{ab}' | '\u{ac}' | '\u{ae}' | '\u{b0}' | '\u{b1}'
        | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
        | '\u{2012}'..='\u{2016}' | '\u{201a}'..='\u{2022}'
        | '\u{20a0}'..='\u{20a7}' | '\u{20a9}'..='\u{20bf}' | '\u{3001}'..='\u{3029}'
        // Emoji, but for the black flag, which tag characters may follow.
        | '\u{1f300}'..='\u{1f3f3}' | '\u{1f3f5}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1f9ff}')
    };
    character.is_ascii() || is_letter || is_sign()
}

struct Folder<'a> {
    text: &'a str,
    rewriter: Rewriter<'a>,
    /// The last character that went to the output.
    before: Option<char>,
    /// How many marks have gone to the output since the last base.
    n_marks: usize,
    hidden: Option<Range<usize>>,
    /// The styled run being read, and how many letters it has.
    styled: Option<(Range<usize>, usize)>,
    stacked: Option<Range<usize>>,
    /// Whether the text has letters of Chinese, Japanese or Korean.
    has_cjk: Option<bool>,
    /// The word for which small capitals have been decided.
    small_capitals: Range<usize>,
    fold_small_capitals: bool,
    cluster: String,
}

impl Folder<'_> {
    /// Deals with the character at `at` and what belongs to it; gives where to go on.
    fn step(&mut self, at: usize, note: &mut dyn FnMut(OddityKind, Range<usize>)) -> usize {
        let mut following = self.text[at..].chars();
        let Some(character) = following.next() else {
            return self.text.len();
        };
        let end = at + character.len_utf8();
        let after = following.next();
        if is_inert(character) && after.is_none_or(is_inert) {
            self.before = Some(character);
            self.n_marks = 0;
            return end;
        }
        match fate(character, self.before, after, at) {
            Some(Fate::Keep) => {
                self.before = Some(character);
                return end;
            }
            Some(fate) => {
                self.drop_hidden(at..end, fate, note);
                return end;
            }
            None => {}
        }
        if let Some((plain, len)) = self.styled_at(at, character, after, note) {
            let mut buffer = [0; 4];
            self.rewriter
                .replace(at..at + len, plain.encode_utf8(&mut buffer));
            self.before = Some(plain);
            self.n_marks = 0;
            return at + len;
        }
        if let Some(letter) = styled::regional_indicator(character) {
            return self.regional_indicators(at, letter, note);
        }
        if matches!(character, '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{b4}')
            && self.before.is_some_and(char::is_alphabetic)
            && after.is_some_and(char::is_alphabetic)
        {
            self.rewriter.replace(at..end, "'");
            self.before = Some('\'');
            self.n_marks = 0;
            return end;
        }
        self.cluster(at, character, note)
    }

    /// Normalises the cluster that starts at `at`.
    fn cluster(
        &mut self,
        at: usize,
        first: char,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) -> usize {
        self.cluster.clear();
        self.cluster.push(first);
        let mut last = first;
        let mut end = at + first.len_utf8();
        let mut rest = self.text[end..].chars();
        while let Some(character) = rest.next() {
            if character.is_ascii() {
                break;
            }
            let character_end = end + character.len_utf8();
            match fate(character, Some(last), rest.clone().next(), end) {
                Some(Fate::Keep) => break,
                Some(fate) => {
                    // Only if something of the cluster may follow; otherwise it does no harm.
                    self.note_hidden(end..character_end, fate, note);
                }
                None if attaches(character) => {
                    self.cluster.push(character);
                    last = character;
                }
                None => break,
            }
            end = character_end;
        }
        if first.is_ascii() && end == at + 1 {
            // A letter in front of a typographic quotation mark, as a rule.
            if let Some(stacked) = self.stacked.take() {
                note(OddityKind::StackedMarks, stacked);
            }
            self.n_marks = 0;
            self.before = Some(first);
            return end;
        }
        let is_normal = is_nfkc_quick(self.cluster.chars()) == IsNormalized::Yes;
        let normal: String = if is_normal {
            self.cluster.clone()
        } else {
            self.cluster.nfkc().collect()
        };
        let mut kept = String::with_capacity(normal.len());
        for character in normal.chars() {
            if is_stacking_mark(character) {
                self.n_marks += 1;
                if self.n_marks > MAX_MARKS {
                    let stacked = self.stacked.get_or_insert(at..end);
                    stacked.end = end;
                    continue;
                }
            } else {
                if let Some(stacked) = self.stacked.take() {
                    note(OddityKind::StackedMarks, stacked);
                }
                self.n_marks = 0;
            }
            kept.push(character);
            self.before = Some(character);
        }
        self.rewriter.replace(at..end, &kept);
        end
    }

    fn drop_hidden(
        &mut self,
        range: Range<usize>,
        fate: Fate,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) {
        self.rewriter.remove(range.clone());
        self.note_hidden(range, fate, note);
    }

    fn note_hidden(
        &mut self,
        range: Range<usize>,
        fate: Fate,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) {
        if fate != Fate::DropNoted {
            return;
        }
        match &mut self.hidden {
            Some(run) if run.end == range.start => run.end = range.end,
            _ => {
                if let Some(run) = self.hidden.replace(range) {
                    note(OddityKind::HiddenCharacter, run);
                }
            }
        }
    }

    /// The plain letter for a styled one at `at`, with the bytes it takes.
    fn styled_at(
        &mut self,
        at: usize,
        character: char,
        after: Option<char>,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) -> Option<(char, usize)> {
        let len = character.len_utf8();
        let (plain, is_odd) = match styled::plain(character) {
            Some((plain, Style::Fancy)) => (plain, true),
            Some((plain, Style::FullWidth)) => {
                let text = self.text;
                let has_cjk = *self
                    .has_cjk
                    .get_or_insert_with(|| text.chars().any(|c| !c.is_ascii() && is_cjk(c)));
                (plain, !has_cjk)
            }
            Some((plain, Style::Square)) => {
                let is_square = |c: char| ('\u{1f170}'..='\u{1f189}').contains(&c);
                let follows = self.styled.as_ref().is_some_and(|(run, _)| run.end == at);
                if !follows && !after.is_some_and(is_square) {
                    return None;
                }
                (plain, true)
            }
            None => {
                let (plain, _) = styled::small_capital(character)?;
                if !self.small_capitals.contains(&at) {
                    self.decide_small_capitals(at);
                }
                if !self.fold_small_capitals {
                    return None;
                }
                (plain, true)
            }
        };
        if is_odd {
            self.add_styled(at..at + len, 1, note);
        }
        Some((plain, len))
    }

    /// Folds a run of regional indicators unless it is a row of flags.
    fn regional_indicators(
        &mut self,
        at: usize,
        first: char,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) -> usize {
        let run = self.text[at..]
            .chars()
            .map_while(styled::regional_indicator);
        let letters: Vec<char> = run.collect();
        // All of them have four bytes.
        let end = at + 4 * letters.len();
        let are_flags = letters.len().is_multiple_of(2)
            && letters
                .chunks_exact(2)
                .all(|pair| styled::is_flag(pair[0], pair[1]));
        self.n_marks = 0;
        if are_flags {
            self.before = Some('\u{1f1e6}');
            return end;
        }
        for (index, letter) in letters.iter().enumerate() {
            let start = at + 4 * index;
            let mut buffer = [0; 4];
            self.rewriter
                .replace(start..start + 4, letter.encode_utf8(&mut buffer));
        }
        self.add_styled(at..end, letters.len(), note);
        self.before = letters.last().copied().or(Some(first));
        end
    }

    fn add_styled(
        &mut self,
        range: Range<usize>,
        n_letters: usize,
        note: &mut dyn FnMut(OddityKind, Range<usize>),
    ) {
        if let Some((run, n)) = &mut self.styled {
            let gap = &self.text[run.end..range.start];
            // A phrase in fancy letters is one oddity, not one for each word.
            if gap.is_empty() || gap == " " {
                run.end = range.end;
                *n += n_letters;
                return;
            }
        }
        self.flush_styled(note);
        self.styled = Some((range, n_letters));
    }

    /// A single letter may be mathematics; two are lettering.
    fn flush_styled(&mut self, note: &mut dyn FnMut(OddityKind, Range<usize>)) {
        if let Some((run, n_letters)) = self.styled.take()
            && n_letters >= 2
        {
            note(OddityKind::StyledLetters, run);
        }
    }

    fn flush(&mut self, note: &mut dyn FnMut(OddityKind, Range<usize>)) {
        self.flush_styled(note);
        if let Some(run) = self.hidden.take() {
            note(OddityKind::HiddenCharacter, run);
        }
        if let Some(run) = self.stacked.take() {
            note(OddityKind::StackedMarks, run);
        }
    }

    /// Whether the word around `at` is written in small capitals: it has one that phonetic
    /// transcription does not know, or three of any.
    fn decide_small_capitals(&mut self, at: usize) {
        let start = self.text[..at]
            .char_indices()
            .rev()
            .take(MAX_WORD)
            .take_while(|(_, c)| c.is_alphabetic())
            .last()
            .map_or(at, |(index, _)| index);
        let mut end = start;
        let mut n_capitals = 0;
        let mut n_certain = 0;
        for character in self.text[start..]
            .chars()
            .take(2 * MAX_WORD)
            .take_while(|c| c.is_alphabetic())
        {
            end += character.len_utf8();
            if let Some((_, is_phonetic)) = styled::small_capital(character) {
                n_capitals += 1;
                n_certain += usize::from(!is_phonetic);
            }
        }
        self.small_capitals = start..end;
        self.fold_small_capitals = n_certain > 0 || n_capitals >= 3;
    }
}

fn is_cjk(character: char) -> bool {
    ScriptGroup::of(character).is_cjk() && !('\u{ff00}'..='\u{ffef}').contains(&character)
}

/// Whether a character may combine with the one before it under NFKC.
fn attaches(character: char) -> bool {
    if is_inert(character) {
        return false;
    }
    let attaches_itself = |c: char| {
        canonical_combining_class(c) != 0
            || is_nfkc_quick(std::iter::once(c)) == IsNormalized::Maybe
    };
    if attaches_itself(character) {
        return true;
    }
    if is_nfkc_quick(std::iter::once(character)) == IsNormalized::Yes {
        return false;
    }
    let mut first = None;
    decompose_compatible(character, |part| {
        first.get_or_insert(part);
    });
    first.is_some_and(attaches_itself)
}

/// Marks above, below and around that can be piled up without end. Vowel signs and the points of
/// Hebrew and Arabic have classes of their own below 200.
fn is_stacking_mark(character: char) -> bool {
    match character {
        '\u{488}' | '\u{489}' | '\u{1abe}' | '\u{20dd}'..='\u{20e0}' | '\u{20e2}'..='\u{20e4}' => {
            true
        }
        _ => matches!(canonical_combining_class(character), 1 | 200..),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str, expected_notes: &[(OddityKind, &str)]) {
        let mut notes = Vec::new();
        let folded = fold(input, &mut |kind, span| notes.push((kind, &input[span])));
        assert_eq!(
            folded.map_or_else(|| input.to_owned(), |made| made.text),
            expected,
            "{input}"
        );
        assert_eq!(notes, expected_notes, "{input}");
    }

    #[test]
    fn inert_characters_are_left_alone() {
        for character in (char::MIN..=char::MAX).filter(|&character| is_inert(character)) {
            assert_eq!(
                is_nfkc_quick(std::iter::once(character)),
                IsNormalized::Yes,
                "{character:?}"
            );
            assert_eq!(canonical_combining_class(character), 0, "{character:?}");
            assert_eq!(fate(character, None, None, 1), None, "{character:?}");
            assert_eq!(styled::plain(character), None, "{character:?}");
            assert_eq!(styled::small_capital(character), None, "{character:?}");
        }
    }

    #[test]
    fn compatible_spellings_are_one() {
        check("ﬁne cafe\u{301} ½ ℃ …", "fine café 1⁄2 °C ...", &[]);
        check("\u{ff76}\u{ff9e} \u{1112}\u{1161}\u{11ab}", "ガ 한", &[]);
        check("don’t rock ’n’ roll", "don't rock ’n’ roll", &[]);
    }

    #[test]
    fn hidden_characters_go() {
        use OddityKind::HiddenCharacter;
        check(
            "vi\u{200b}\u{200b}ag\u{ad}ra",
            "viagra",
            &[
                (HiddenCharacter, "\u{200b}\u{200b}"),
                (HiddenCharacter, "\u{ad}"),
            ],
        );
        check("\u{feff}start", "start", &[]);
        check("a\u{202e}b", "ab", &[(HiddenCharacter, "\u{202e}")]);
        check("می\u{200c}خواهم", "می\u{200c}خواهم", &[]);
        check(
            "👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3}",
            "👩\u{200d}👧 ❤\u{fe0f}\u{200d}🔥 1\u{fe0f}\u{20e3}",
            &[],
        );
        check("a\u{fe0f}b", "ab", &[(HiddenCharacter, "\u{fe0f}")]);
        check("e\u{200b}\u{301}", "é", &[(HiddenCharacter, "\u{200b}")]);
    }

    #[test]
    fn styled_letters_are_folded() {
        use OddityKind::StyledLetters;
        check(
            "𝐟𝐫𝐞𝐞 𝐜𝐚𝐬𝐡 now",
            "free cash now",
            &[(StyledLetters, "𝐟𝐫𝐞𝐞 𝐜𝐚𝐬𝐡")],
        );
        check("ᴠɪᴀɢʀᴀ sᴇxʏ", "viagra sexy", &[(StyledLetters, "ᴠɪᴀɢʀᴀ")]);
        check("🇻🇮🇦🇬🇷🇦", "VIAGRA", &[(StyledLetters, "🇻🇮🇦🇬🇷🇦")]);
        check("🇩🇪🇫🇷 🅰 ok", "🇩🇪🇫🇷 🅰 ok", &[]);
        check("🅱🅰🅳", "BAD", &[(StyledLetters, "🅱🅰🅳")]);
        check("ｆｒｅｅ", "free", &[(StyledLetters, "ｆｒｅｅ")]);
        check("ｆｒｅｅ です", "free です", &[]);
        check("ˈlɪnəks in ℝ", "ˈlɪnəks in R", &[]);
    }

    #[test]
    fn piled_marks_are_cut() {
        let zalgo = "a\u{301}\u{302}\u{303}\u{304}b";
        check(
            zalgo,
            "á\u{302}\u{303}b",
            &[(OddityKind::StackedMarks, "a\u{301}\u{302}\u{303}\u{304}")],
        );
        check("Việt ế", "Việt ế", &[]);
    }
}
