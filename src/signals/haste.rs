use super::{Evidence, Scene, Weight, signal};
use crate::comment::Field;

signal! {
    /// ## What it detects
    /// Seconds between the delivery of the page and the comment. Unknown if the caller does not
    /// measure them.
    ///
    /// ## Why it matters
    /// Nobody reads a post and writes an answer within two seconds; a program does.
    ///
    /// ## Example
    /// 0.4 seconds count towards spam, 4 seconds a little, 90 seconds not at all.
    ///
    /// ## When it is wrong
    /// Somebody who wrote the comment elsewhere, reloaded the page and pasted it in; pages that are
    /// delivered from a cache and carry an old time. Programs can wait.
    ///
    /// The weights are *unmeasured*: no labelled comments show the time. They are written down as 2
    /// log-odds up to two seconds and 0.7 up to five.
    ///
    /// ## References
    /// None; common comment forms have long had a shortest time.
    "haste", Falling, Weight::Fixed { edges: &[2.0, 5.0], values: &[2.0, 0.7, 0.0] }
}

fn observe(scene: &Scene<'_>) -> f32 {
    match scene.comment.comment.seconds_on_page {
        Field::Known(seconds) => seconds as f32,
        Field::Empty | Field::Unknown => f32::NAN,
    }
}

fn explain(_scene: &Scene<'_>, value: f32) -> Evidence {
    Evidence::new(match value {
        value if value < 10.0 => {
            format!("was sent {value:.1} seconds after the page was delivered")
        }
        value if value < 120.0 => {
            format!("was sent {value:.0} seconds after the page was delivered")
        }
        _ => "was sent minutes or more after the page was delivered".to_owned(),
    })
}
