//! What a client asks for.

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// What is answered to those who have a key.
    Keyed(Keyed),
    /// Does the server answer?
    Test,
    /// With which other plugins does the plugin work?
    CompatiblePlugins,
}

/// What is answered to those who have a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keyed {
    /// Is this key known?
    VerifyKey,
    /// Is this comment spam?
    CommentCheck,
    /// It was spam.
    SubmitSpam,
    /// It was genuine.
    SubmitHam,
    /// Is the account in order? WordPress stores a key only if so.
    GetSubscription,
    /// How much was counted?
    GetStats,
    /// Something to show pages of figures with.
    Token,
    /// The plugin was switched off.
    Deactivate,
    /// Which sites use the key?
    KeySites,
    /// How much of the allowance is used?
    UsageLimit,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Keyed(Keyed::VerifyKey),
        Self::Keyed(Keyed::CommentCheck),
        Self::Keyed(Keyed::SubmitSpam),
        Self::Keyed(Keyed::SubmitHam),
        Self::Keyed(Keyed::GetSubscription),
        Self::Keyed(Keyed::GetStats),
        Self::Keyed(Keyed::Token),
        Self::Keyed(Keyed::Deactivate),
        Self::Test,
        Self::Keyed(Keyed::KeySites),
        Self::Keyed(Keyed::UsageLimit),
        Self::CompatiblePlugins,
    ];

    /// The path on the server.
    pub fn path(self) -> &'static str {
        match self {
            Self::Keyed(Keyed::VerifyKey) => "/1.1/verify-key",
            Self::Keyed(Keyed::CommentCheck) => "/1.1/comment-check",
            Self::Keyed(Keyed::SubmitSpam) => "/1.1/submit-spam",
            Self::Keyed(Keyed::SubmitHam) => "/1.1/submit-ham",
            Self::Keyed(Keyed::GetSubscription) => "/1.1/get-subscription",
            Self::Keyed(Keyed::GetStats) => "/1.1/get-stats",
            Self::Keyed(Keyed::Token) => "/1.1/token",
            Self::Keyed(Keyed::Deactivate) => "/1.1/deactivate",
            Self::Test => "/1.1/test",
            Self::Keyed(Keyed::KeySites) => "/1.2/key-sites",
            Self::Keyed(Keyed::UsageLimit) => "/1.2/usage-limit",
            Self::CompatiblePlugins => "/1.2/compatible-plugins",
        }
    }

    /// Reads [`Endpoint::path`].
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_found_by_its_path() {
        for endpoint in Endpoint::ALL {
            assert_eq!(Endpoint::from_path(endpoint.path()), Some(endpoint));
        }
        assert_eq!(Endpoint::from_path("/1.1/comment-check/"), None);
        assert_eq!(Endpoint::from_path("/1.2/comment-check"), None);
    }
}
