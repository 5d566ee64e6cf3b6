//! Wiring for `retain-records`; the night itself is in `lib.rs`.
#![recursion_limit = "256"] // the SDK's futures nest deeply
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use startup::Scheduled;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = retain_records::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<Scheduled>| {
        retain_records::handle(&context, event.payload).await.map_err(Error::from)
    }))
    .await
}
