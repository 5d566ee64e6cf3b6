//! Wiring for `unsubscribe`; what a request does is in `lib.rs`.
#![recursion_limit = "256"] // the SDK's futures nest deeply
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = unsubscribe::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<_>| unsubscribe::handle(&context, event.payload).await)).await
}
