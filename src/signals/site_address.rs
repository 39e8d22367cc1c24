use std::sync::LazyLock;

use super::word_set::WordSet;
use super::{Evidence, Scene, counted, signal};
use crate::tokens::Tokens;

signal! {
    /// ## What it detects
    /// How often the comment speaks of `your site`, `this post`, `the article` and the like, at
    /// most 8: a noun for what is read on the web within two words of `your`, `this` or `the`.
    /// Unknown without words.
    ///
    /// ## Why it matters
    /// Praise that must fit any blog has nothing else to name. Readers name what the post is about.
    ///
    /// ## Example
    /// `I found your great blog and this article` → 2, `My boots leak too` → 0.
    ///
    /// ## When it is wrong
    /// Genuine thanks use the same words once or twice; on blogs about blogging, everybody does.
    ///
    /// ## References
    /// None; the lists were written for this program.
    "site_address", Rising
}

/// What points at a thing. Sorted by bytes; several languages.
const POINTERS: &[&str] = &[
    "anda",
    "bu",
    "ce",
    "ces",
    "cet",
    "cette",
    "của",
    "das",
    "de",
    "dein",
    "deine",
    "deinem",
    "deinen",
    "deiner",
    "der",
    "deze",
    "die",
    "diese",
    "diesem",
    "diesen",
    "dieser",
    "dieses",
    "dit",
    "el",
    "essa",
    "esse",
    "esta",
    "este",
    "estos",
    "het",
    "ihr",
    "ihre",
    "ihrem",
    "ihren",
    "ihrer",
    "il",
    "ini",
    "itu",
    "je",
    "jouw",
    "kamu",
    "la",
    "le",
    "này",
    "o",
    "questa",
    "questo",
    "senin",
    "seu",
    "sizin",
    "su",
    "sua",
    "ta",
    "ten",
    "tes",
    "teu",
    "the",
    "these",
    "this",
    "ton",
    "tu",
    "tua",
    "tuo",
    "twoim",
    "twoja",
    "twoją",
    "twój",
    "tym",
    "ur",
    "uw",
    "vos",
    "vostra",
    "vostro",
    "votre",
    "vuestra",
    "vuestro",
    "waszej",
    "your",
    "yours",
    "ваш",
    "ваша",
    "вашего",
    "вашем",
    "вашу",
    "твой",
    "твоя",
    "эта",
    "этой",
    "этом",
    "этот",
    "эту",
    "你",
    "您",
    "此",
    "该",
    "这",
    "這",
];

/// What a blogger makes. Sorted by bytes; the same languages.
const THINGS: &[&str] = &[
    "article",
    "articles",
    "articoli",
    "articolo",
    "artigo",
    "artigos",
    "artikel",
    "artykule",
    "artykuł",
    "artículo",
    "artículos",
    "beitrag",
    "beitrags",
    "beiträge",
    "bericht",
    "billet",
    "billets",
    "blog",
    "bloga",
    "blogi",
    "blognya",
    "blogs",
    "blogu",
    "blogunuz",
    "contenido",
    "content",
    "contents",
    "contenu",
    "contenuto",
    "conteúdo",
    "entrada",
    "homepage",
    "inhalt",
    "laman",
    "makale",
    "page",
    "pages",
    "pagina",
    "pagine",
    "post",
    "postagem",
    "posting",
    "postingan",
    "postings",
    "posts",
    "publicación",
    "publication",
    "publicação",
    "página",
    "páginas",
    "seite",
    "seiten",
    "site",
    "siteniz",
    "sites",
    "sitesi",
    "sitio",
    "sito",
    "situs",
    "strona",
    "stronie",
    "stronę",
    "texto",
    "trang",
    "viết",
    "weblog",
    "weblogs",
    "webpage",
    "webpages",
    "webseite",
    "website",
    "websites",
    "wpis",
    "wpisie",
    "wpisu",
    "yazı",
    "блог",
    "блога",
    "блоге",
    "пост",
    "посте",
    "сайт",
    "сайта",
    "сайте",
    "статье",
    "статьи",
    "статью",
    "статья",
    "страница",
    "странице",
    "страницу",
    "博",
    "文",
    "網",
    "网",
];

/// What points at a thing from behind, as in Indonesian and Vietnamese.
const POINTERS_BEHIND: &[&str] = &["anda", "ini", "itu", "này"];

static POINTER_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(POINTERS.iter().copied()));
static THING_SET: LazyLock<WordSet> = LazyLock::new(|| WordSet::of(THINGS.iter().copied()));
static BEHIND_SET: LazyLock<WordSet> =
    LazyLock::new(|| WordSet::of(POINTERS_BEHIND.iter().copied()));

/// Words from the pointer to the thing, the thing included: `this very post`.
const REACH: usize = 2;

/// Further places say no more.
const MOST: usize = 8;

fn observe(scene: &Scene<'_>) -> f32 {
    let tokens = &scene.comment.tokens;
    if tokens.words.is_empty() {
        return f32::NAN;
    }
    places(tokens).take(MOST).count() as f32
}

/// First and last word of each place.
fn places(tokens: &Tokens) -> impl Iterator<Item = (usize, usize)> + '_ {
    let words = &tokens.words;
    let (pointers, things, behind) = (&*POINTER_SET, &*THING_SET, &*BEHIND_SET);
    let things = words
        .iter()
        .enumerate()
        .filter(|(_, word)| things.has(word.hash));
    things.filter_map(move |(at, _)| {
        let mut before = (at.saturating_sub(REACH)..at).rev();
        if let Some(first) = before.find(|&at| pointers.has(words[at].hash)) {
            return Some((first, at));
        }
        let mut after = at + 1..words.len().min(at + 1 + REACH);
        after
            .find(|&at| behind.has(words[at].hash))
            .map(|last| (at, last))
    })
}

fn explain(scene: &Scene<'_>, value: f32) -> Evidence {
    let reason = match value as usize {
        0 => "does not speak of the site or the post as such".to_owned(),
        1 => "speaks of the site or the post as such (`your site`, `this post`) in 1 place"
            .to_owned(),
        n => format!(
            "speaks of the site or the post as such (`your site`, `this post`) in {}{}",
            counted(n, "place"),
            if n == MOST { " or more" } else { "" }
        ),
    };
    let found = places(&scene.comment.tokens);
    Evidence::new(reason).at(found.map(|(first, last)| scene.comment.place_of_words(first, last)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;
    use crate::tokens::tokenize;

    #[test]
    fn the_lists_are_in_order() {
        assert!(POINTERS.is_sorted() && THINGS.is_sorted() && POINTERS_BEHIND.is_sorted());
    }

    #[test]
    fn places_are_found_in_several_languages() {
        let check = |text: &str, expected: usize| {
            assert_eq!(
                places(&tokenize(&normalize(text))).count(),
                expected,
                "{text}"
            );
        };
        check("I found your great blog and this article", 2);
        check("post a question about the old bridge", 0);
        check("Dein Blog und Ihre tolle Seite", 2);
        check("Спасибо, этот сайт и ваша статья помогли", 2);
        check("artikel ini bagus", 1);
        check("这篇文章很好", 1);
    }
}
