//! Wiring for `personnel-intake`; what it does with a post is in `lib.rs`.
#![recursion_limit = "256"] // the SDK's futures nest deeply
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = personnel_intake::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<_>| personnel_intake::handle(&context, event.payload).await))
        .await
}
