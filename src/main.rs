//! The `ontopic` program: reads its arguments, runs one command, and turns the outcome into an exit
//! status. 0: fine. 1: it ran, and the answer is bad. 2: it could not run.

use std::process::ExitCode;

fn main() -> ExitCode {
    ontopic::cli::run()
}
