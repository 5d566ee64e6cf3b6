//! Wiring for `map-hotspots`; the nightly run itself is in `lib.rs`.
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use startup::Scheduled;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = map_hotspots::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<Scheduled>| {
        map_hotspots::handle(&context, event.payload).await.map_err(Error::from)
    }))
    .await
}
