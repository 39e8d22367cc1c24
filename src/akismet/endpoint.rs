//! What a client asks for.

/// What a client asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
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
    /// Does the server answer?
    Test,
    /// Which sites use the key?
    KeySites,
    /// How much of the allowance is used?
    UsageLimit,
    /// With which other plugins does the plugin work?
    CompatiblePlugins,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::VerifyKey,
        Self::CommentCheck,
        Self::SubmitSpam,
        Self::SubmitHam,
        Self::GetSubscription,
        Self::GetStats,
        Self::Token,
        Self::Deactivate,
        Self::Test,
        Self::KeySites,
        Self::UsageLimit,
        Self::CompatiblePlugins,
    ];

    /// The path on the server.
    pub fn path(self) -> &'static str {
        match self {
            Self::VerifyKey => "/1.1/verify-key",
            Self::CommentCheck => "/1.1/comment-check",
            Self::SubmitSpam => "/1.1/submit-spam",
            Self::SubmitHam => "/1.1/submit-ham",
            Self::GetSubscription => "/1.1/get-subscription",
            Self::GetStats => "/1.1/get-stats",
            Self::Token => "/1.1/token",
            Self::Deactivate => "/1.1/deactivate",
            Self::Test => "/1.1/test",
            Self::KeySites => "/1.2/key-sites",
            Self::UsageLimit => "/1.2/usage-limit",
            Self::CompatiblePlugins => "/1.2/compatible-plugins",
        }
    }

    /// Reads [`Endpoint::path`].
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.path() == path)
    }

    /// Whether it is answered to anybody, without a key.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Test | Self::CompatiblePlugins)
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
