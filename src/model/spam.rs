//! Spam as log-odds: one additive model for short comments with a homepage, one for all others.

use super::AdditiveModel;

/// The terms of a short comment with a homepage are name and homepage, and what it says hardly counts;
/// of a longer one, or of one without a homepage, they are its words. Each of the two has its own curves
/// and is learned from what shows it best: a mixture of two experts with a gate that is known (Jacobs,
/// Jordan, Nowlan, Hinton, *Adaptive mixtures of local experts*, Neural Computation 1991, section 1).
///
/// Both have a curve for every signal, and surfaces over the same pairs in the same order, so that a
/// term has one name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpamModel {
    /// For short comments with a homepage (see [`crate::signals::is_brief`]).
    pub brief: AdditiveModel,
    /// For all others.
    pub other: AdditiveModel,
}

impl SpamModel {
    /// The model of a comment that is short and gives a homepage, or of another.
    pub fn head(&self, is_brief: bool) -> &AdditiveModel {
        if is_brief { &self.brief } else { &self.other }
    }

    /// Both models, that of short comments with a homepage first.
    pub fn heads(&self) -> [&AdditiveModel; 2] {
        [&self.brief, &self.other]
    }

    /// Both models, to be changed.
    pub fn heads_mut(&mut self) -> [&mut AdditiveModel; 2] {
        [&mut self.brief, &mut self.other]
    }
}
