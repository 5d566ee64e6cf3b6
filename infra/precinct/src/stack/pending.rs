//! TEMPORARY: stands in for functions being written.
macro_rules! stub {
    ($name:ident, $q:ty, $a:ty) => {
        pub(crate) mod $name {
            #[derive(Clone)]
            pub(crate) struct Context;
            impl Context {
                pub(crate) fn new(_: &startup::Runtime) -> anyhow::Result<Self> {
                    anyhow::bail!("not written yet")
                }
            }
            pub(crate) async fn handle(_: &Context, _: $q) -> anyhow::Result<$a> {
                anyhow::bail!("not written yet")
            }
        }
    };
}
stub!(
    staff_api,
    aws_lambda_events::event::apigw::ApiGatewayV2httpRequest,
    aws_lambda_events::event::apigw::ApiGatewayV2httpResponse
);
