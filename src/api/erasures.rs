//! People who want to be forgotten.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authentication::Caller;
use super::fields::Fields;
use super::json::{Body, answer};
use super::problem::Problem;
use super::state::ApiState;
use super::wire::time_text;
use crate::comment::limits;
use crate::storage::{KeyRole, Person};

/// Who is to be forgotten: by e-mail address, by network address, or by both, each by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erasure {
    email: Option<String>,
    address: Option<String>,
}

/// Who is to be forgotten: by e-mail address, by network address, or by both, each by itself.
#[derive(ToSchema)]
#[schema(as = Erasure)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes Erasure")]
pub(super) enum ErasureSchema {
    /// By e-mail address, and perhaps by network address.
    Email(ByEmail),
    /// By network address.
    Address(ByAddress),
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes Erasure")]
pub(super) struct ByEmail {
    /// The e-mail address.
    #[schema(max_length = 1000, pattern = "[!-~]")]
    email: String,
    /// The network address.
    #[schema(max_length = 100)]
    address: Option<String>,
}

#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes Erasure")]
pub(super) struct ByAddress {
    /// The network address.
    #[schema(max_length = 100, pattern = "[!-~]")]
    address: String,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipt {
    /// When, RFC 3339.
    at: String,
    /// Verdicts that have no text, no name, no digest and no features any longer.
    verdicts: u64,
    /// Decisions about them, which keep their label; who made them is forgotten.
    decisions: u64,
    /// Messages to the blog that were not yet delivered.
    deliveries: u64,
}

/// Forgets a person in this site, for good, with a receipt.
///
/// What others wrote stays as they wrote it, also where it names the person, and so do the reasons
/// that quote it, such as "speaks to Ines, who commented before".
#[utoipa::path(post, path = "/v1/erasures", tag = "sites", request_body = ErasureSchema,
    responses((status = 200, body = Receipt, description = "What was removed.")))]
pub(super) async fn erase(
    State(state): State<ApiState>,
    caller: Caller,
    body: Body<Erasure>,
) -> Result<Response, Problem> {
    let site = caller.site(KeyRole::Moderator)?;
    let mut fields = Fields::default();
    fields.length("email", body.value.email.as_deref(), limits::AUTHOR_EMAIL);
    fields.length("address", body.value.address.as_deref(), limits::ADDRESS);
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (email, address) = (given(body.value.email), given(body.value.address));
    fields.expect(
        email.is_some() || address.is_some(),
        "email",
        "`email` or `address`",
        "neither".to_owned(),
    );
    fields.done()?;
    let moderator = &state.moderator;
    let person = Person {
        email: email.map(|email| moderator.secret.email(&email)),
        address: address.map(|address| moderator.secret.address(&address)),
    };
    let erased = moderator.erase(site.site.id, person).await?;
    let receipt = Receipt {
        at: time_text(moderator.now()),
        verdicts: erased.verdicts,
        decisions: erased.decisions,
        deliveries: erased.deliveries,
    };
    Ok(answer(StatusCode::OK, &receipt))
}
