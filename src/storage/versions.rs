//! What a decision on one version of a comment means for the latest one, which nobody may have
//! decided on: a blog asks about the same words again, or while their owner decides.

use super::CheckRecord;
use crate::policy::Verdict;

impl CheckRecord {
    /// Lets this, the latest version of a comment, follow what stands of an earlier one: a decision
    /// on the same words is one on these as well, and an override goes with the decision that it
    /// came from. What is held for a decision waits on without it, and so does what was overridden
    /// before: what would have become of it is not known any longer.
    pub fn follow(&mut self, version: &Self) {
        let decided = version.decided.map(Verdict::from);
        let has_same_words = self.has_words_of(version);
        let judgement = &mut self.judgement;
        if judgement.follows == Some(version.id) && decided != Some(judgement.outcome) {
            judgement.overrides.pop();
            judgement.follows = None;
            if judgement.outcome == Verdict::Hold || !judgement.overrides.is_empty() {
                let why = "the owner changed or took back the decision on an earlier version";
                judgement.overrides = vec![why.to_owned()];
                judgement.outcome = Verdict::Hold;
            } else {
                judgement.outcome = judgement.verdict;
            }
        }
        if let Some(decided) = decided.filter(|_| has_same_words)
            && decided != judgement.outcome
        {
            let why = "the owner decided on an earlier version with the same words";
            judgement.overrides.push(why.to_owned());
            judgement.follows = Some(version.id);
            judgement.outcome = decided;
        }
    }

    /// Whether it says what another version says, name and homepage included. Of words that are not
    /// known any longer, nothing can be said.
    pub fn has_words_of(&self, version: &Self) -> bool {
        let words = |record: &Self| {
            let text = record.text.clone()?;
            Some((text.body, text.html, text.author, text.author_url))
        };
        words(self).is_some_and(|own| words(version) == Some(own))
    }
}
