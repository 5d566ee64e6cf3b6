//! How long a data key stays in memory, and how often KMS is asked for it: each call costs money and leaves a line in
//! CloudTrail, and a key that is forgotten nowhere is one that a memory dump holds.
use std::sync::{Arc, Mutex};

use aws_sdk_kms::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_kms::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_kms::error::BoxError;
use jiff::{SignedDuration, Timestamp};
use startup::Clock;
use table::{KeyRing, Store};
use tests::{NOON, World, instant};

/// What KMS was asked since the last look.
#[derive(Clone, Debug, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "Calls"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap();
        self.0.lock().unwrap().push(target.rsplit('.').next().unwrap().to_owned());
        Ok(())
    }
}

/// A key ring of a function's own, with its own clock, over the stack's table and KMS.
struct Function {
    ring: KeyRing,
    calls: Calls,
    now: Arc<Mutex<Timestamp>>,
}

impl Function {
    fn new(world: &World) -> Self {
        let runtime = world.stack.runtime();
        let calls = Calls::default();
        let config = aws_sdk_kms::config::Builder::from(&runtime.sdk).interceptor(calls.clone()).build();
        let kms = vault::Kms::new(aws_sdk_kms::Client::from_conf(config), "UpdatesKey".into(), "incidents");
        let dynamo = aws_sdk_dynamodb::Client::new(&runtime.sdk);
        let store = Store::new(dynamo, "Incidents".into(), runtime.entropy.clone());
        let now = Arc::new(Mutex::new(instant(NOON)));
        let read = now.clone();
        let clock = Clock::new(move || *read.lock().unwrap());
        Self { ring: KeyRing::new(store, kms, clock), calls, now }
    }

    fn pass(&self, time: SignedDuration) {
        *self.now.lock().unwrap() += time;
    }

    /// What KMS was asked to seal something under the key `id`.
    async fn seal(&self, id: &str) -> Vec<String> {
        let sealed = self.ring.seal_under(id, "place", b"secret").await.unwrap();
        assert_eq!(self.ring.open("place", &sealed).await.unwrap(), b"secret");
        std::mem::take(&mut self.calls.0.lock().unwrap())
    }

    /// Whether the key `id` is in memory: the ring prints the names of its keys and never a key.
    fn keeps(&self, id: &str) -> bool {
        format!("{:?}", self.ring).contains(&format!("DataKey {{ id: \"{id}\""))
    }
}

const NOT_ASKED: [&str; 0] = [];

#[tokio::test]
async fn a_key_is_asked_for_once_in_a_quarter_of_an_hour() {
    let world = World::new().await;
    let function = Function::new(&world);
    assert_eq!(function.seal("first").await, ["GenerateDataKey"]);
    assert_eq!(function.seal("first").await, NOT_ASKED);
    function.pass(SignedDuration::from_secs(15 * 60 - 1));
    assert_eq!(function.seal("first").await, NOT_ASKED);
    // The time runs from when it came: use does not keep it.
    function.pass(SignedDuration::from_secs(1));
    assert_eq!(function.seal("first").await, ["Decrypt"]);
    assert_eq!(function.seal("first").await, NOT_ASKED);
    // Nor does a clock that was set back.
    function.pass(SignedDuration::from_mins(-15));
    assert_eq!(function.seal("first").await, ["Decrypt"]);
    // Another function's memory is its own.
    assert_eq!(Function::new(&world).seal("first").await, ["Decrypt"]);
}

#[tokio::test]
async fn a_key_past_its_time_goes_when_another_comes() {
    let world = World::new().await;
    let function = Function::new(&world);
    function.seal("first").await;
    function.pass(SignedDuration::from_mins(14));
    function.seal("second").await;
    assert!(function.keeps("first") && function.keeps("second"));
    function.pass(SignedDuration::from_mins(1));
    function.seal("third").await;
    assert!(!function.keeps("first") && function.keeps("second") && function.keeps("third"));
}
