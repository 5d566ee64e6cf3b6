//! Wiring for `log-crime`; the work itself is in `lib.rs`.
use aws_lambda_events::event::dynamodb::Event;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    startup::logging();
    let context = log_crime::Context::new(&startup::Runtime::start().await)?;
    run(service_fn(async |event: LambdaEvent<Event>| {
        log_crime::handle(&context, event.payload).await.map_err(Error::from)
    }))
    .await
}
