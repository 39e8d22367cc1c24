//! The fields of a request, in the order in which they came.

use crate::comment::Field;

use super::form::{FIELD_LIMIT, NAME_LIMIT};

/// The fields of a request, in the order in which they came. Where a name came more than once the
/// last one counts, as in PHP, in which most clients and Akismet's own plugin are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    fields: Vec<(String, String)>,
}

impl Fields {
    /// Adds a field, if there is room for it.
    pub(super) fn push(&mut self, name: String, value: String) {
        if self.has_room(&name) {
            self.fields.push((name, value));
        }
    }

    /// Whether a field with this name would be kept.
    pub(super) fn has_room(&self, name: &str) -> bool {
        has_room(self.fields.len(), name.as_bytes())
    }

    /// These fields and then others, which count where both have a name.
    pub fn then(mut self, others: Self) -> Self {
        self.fields.extend(others.fields);
        self
    }

    /// The value of a field; empty where the field was sent without one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut last_first = self.fields.iter().rev();
        let (_, value) = last_first.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The value of a field if it is not empty, without white space around it.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.get(name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// A field as the form had it: unknown if it was not sent, empty if nothing was in it.
    pub fn field(&self, name: &str) -> Field<String> {
        self.get(name).map_or(Field::Unknown, Field::from)
    }

    /// The values of a list, in their order: `name[]=…` several times, `name[0]=…` with any index,
    /// or a single `name=…`. `None` if nothing of it was sent.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        let mut values: Vec<(&str, &str)> = Vec::new();
        for (full, value) in &self.fields {
            let Some(index) = full.strip_prefix(name) else {
                continue;
            };
            let is_index = index.starts_with('[') && index.ends_with(']');
            if !is_index && !index.is_empty() {
                continue;
            }
            let same = values.iter_mut().find(|(known, _)| *known == index);
            match same {
                Some(same) if index != "[]" => same.1 = value,
                _ => values.push((index, value)),
            }
        }
        (!values.is_empty()).then(|| values.into_iter().map(|(_, value)| value).collect())
    }

    /// All fields, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// Names that the dialect knows, beside those that begin with `comment_`.
const KNOWN: [&[u8]; 22] = [
    b"api_key",
    b"key",
    b"blog",
    b"blog_charset",
    b"permalink",
    b"content_type",
    b"user_ip",
    b"user_agent",
    b"user_id",
    b"user_ID",
    b"user_role",
    b"is_test",
    b"callback",
    b"recheck_reason",
    b"reporter",
    b"honeypot_field_name",
    b"ontopic_verdict_id",
    b"ak_js",
    b"ak_bfs",
    b"POST_ak_js",
    b"POST_ak_bfs",
    b"POST_ak_hp_textarea",
];

/// Whether a field with this name is kept beside so many others.
pub(super) fn has_room(n_others: usize, name: &[u8]) -> bool {
    let limit = if is_known(name) {
        2 * FIELD_LIMIT
    } else {
        FIELD_LIMIT
    };
    n_others < limit && name.len() <= NAME_LIMIT
}

fn is_known(name: &[u8]) -> bool {
    // Lists such as `comment_context[0]` may go on for ever.
    KNOWN.contains(&name) || name.starts_with(b"comment_") && !name.contains(&b'[')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::akismet::parse_query;

    #[test]
    fn a_list_is_read_in_every_spelling() {
        let cases: [(&str, Option<&[&str]>); 8] = [
            ("c[0]=a&c[1]=b", Some(&["a", "b"])),
            ("c[]=a&c[]=b&c[]=a", Some(&["a", "b", "a"])),
            ("c=a", Some(&["a"])),
            ("c[1]=a&c[1]=b", Some(&["b"])),
            ("c[x]=a&d=b&c[y]=c", Some(&["a", "c"])),
            ("c", Some(&[""])),
            ("cc=a&c2[0]=b&c.d=e", None),
            ("", None),
        ];
        for (query, expected) in cases {
            let fields = parse_query(query).unwrap();
            assert_eq!(fields.list("c").as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn not_sent_is_unknown_and_sent_without_a_value_is_empty() {
        let fields = parse_query("a=x&b&c=+&a=y").unwrap();
        assert_eq!(fields.field("a"), Field::Known("y".to_owned()));
        assert_eq!(fields.field("b"), Field::Empty);
        assert_eq!(fields.field("c"), Field::Empty);
        assert_eq!(fields.field("d"), Field::Unknown);
        assert_eq!((fields.filled("a"), fields.filled("c")), (Some("y"), None));
        assert_eq!((fields.len(), fields.is_empty()), (4, false));
    }
}
