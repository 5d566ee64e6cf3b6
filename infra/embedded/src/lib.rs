//! What the local stack, the simulator and the fuzzer all stand on: DynamoDB inside this process, the filters of its streams, and
//! an agency folder that is live. A crate of its own, so that the two tools compile without the operator's command.
pub mod agency;
pub mod filter;
pub mod tables;
