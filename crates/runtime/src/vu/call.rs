use rquickjs::function::Rest;
use rquickjs::{Coerced, Ctx, FromJs, IntoJs, Result, Value};

/// A value that crosses between a script and its host. Objects cross as JSON text, if at all.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptValue {
    /// `undefined`, and everything that is none of the others.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
}

/// A global function of a script's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostFunction {
    /// Its name.
    pub name: String,
    /// What calling it does.
    pub kind: HostFunctionKind,
}

/// What calling a host function does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostFunctionKind {
    /// Asks the host, sleeps, and returns or throws what the host answers.
    Call,
    /// `name(label, fn)`: asks the host before and after it calls `fn`, and returns what `fn`
    /// does. What the host answers is not looked at.
    Around,
}

/// A call that a script sleeps in.
#[derive(Clone, Debug, PartialEq)]
pub struct HostCall {
    /// Which function.
    pub function: String,
    /// With which arguments; of [`HostFunctionKind::Around`] the label, and whether it is over.
    pub arguments: Vec<ScriptValue>,
}

/// What the host answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The function returns this.
    Return(ScriptValue),
    /// The function throws an `Error` with this message.
    Throw(String),
    /// The script ends here.
    Cancel,
}

/// The arguments of a call.
pub(super) fn arguments<'js>(ctx: &Ctx<'js>, values: Rest<Value<'js>>) -> Result<Vec<ScriptValue>> {
    let values = values.into_inner().into_iter();
    values
        .map(|value| ScriptValue::from_js(ctx, value))
        .collect()
}

impl<'js> FromJs<'js> for ScriptValue {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        if value.is_null() {
            return Ok(Self::Null);
        }
        if let Some(bool) = value.as_bool() {
            return Ok(Self::Bool(bool));
        }
        if let Some(number) = value.as_number() {
            return Ok(Self::Number(number));
        }
        if value.is_string() {
            return Ok(Self::Text(Coerced::<String>::from_js(ctx, value)?.0));
        }
        match value.is_object() && !value.is_function() {
            true => match ctx.json_stringify(value)? {
                Some(text) => Ok(Self::Text(text.to_string()?)),
                None => Ok(Self::Undefined),
            },
            false => Ok(Self::Undefined),
        }
    }
}

impl<'js> IntoJs<'js> for ScriptValue {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        match self {
            Self::Undefined => Ok(Value::new_undefined(ctx.clone())),
            Self::Null => Ok(Value::new_null(ctx.clone())),
            Self::Bool(bool) => bool.into_js(ctx),
            Self::Number(number) => number.into_js(ctx),
            Self::Text(text) => text.into_js(ctx),
        }
    }
}
