//! The `ontopic` program: reads its arguments, runs one command, and turns the outcome into an exit
//! status. 0: fine. 1: it ran, and the answer is bad. 2: it could not run.

use std::process::ExitCode;

/// A check makes some hundred small allocations. The figures are in `benches/README.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ontopic::cli::run()
}
