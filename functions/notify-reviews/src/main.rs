//! Wiring for `notify-reviews`; the nightly round itself is in `lib.rs`.
#![recursion_limit = "256"] // the SDK's futures nest deeply
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = notify_reviews::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<_>| notify_reviews::handle(&context, event.payload).await)).await
}
