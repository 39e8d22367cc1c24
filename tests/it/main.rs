//! All integration tests in one binary: what holds between stages and at the edges. Tables of cases
//! for one stage stand beside its code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod akismet;
mod akismet_service;
mod api;
mod bad_input;
mod cli;
mod counts;
mod model_file;
mod moderation;
mod pipeline;
mod serve;
mod service;
mod settings;
mod signals;
mod starter;
mod storage;
mod tidy;
mod training;
