//! Training of amplitude networks (docs/method.md, section 15): gradients, starts, classical rivals of the same size, noise on
//! parameters, and contests of all of them over seeds.

mod attack;
mod contender;
mod contest;
mod gradient;
mod noise;
mod plan;
mod rival;
mod samples;

pub use attack::{Attack, Fault, Form, Hit, Mode};
pub use contender::{Contender, Kind};
pub use contest::{Assault, Contest, Course, DRAWS, Spread, ablation, assault, test_fault};
pub use gradient::amplitude_gradient;
pub use noise::{Noise, Shape};
pub use plan::{AmplitudePlan, Connection, FrontPlan};
pub use rival::Rival;
pub use samples::first_states;

#[cfg(test)]
mod tests;
