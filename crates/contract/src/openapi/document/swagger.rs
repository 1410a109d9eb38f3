//! Swagger 2.0 writes the fields of a form among the parameters; here they become one schema.

use serde_json::{Map, Value, json};

use crate::openapi::pointer::Pointer;

/// The member of an operation that holds the schema of its form.
pub(crate) const FORM: &str = "x-rtest-form";

/// Gives each operation with fields of a form the schema of that form.
pub(super) fn gather_forms(document: &mut Value) {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return;
    };
    let mut forms = Vec::new();
    for (path, item) in paths {
        let at = Pointer::root().join_all(&["paths", path]);
        let around = fields(document, &at);
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !operation.is_object() {
                continue;
            }
            let at = at.join(method);
            let fields: Vec<_> = around
                .iter()
                .cloned()
                .chain(fields(document, &at))
                .collect();
            if !fields.is_empty() {
                forms.push((at, form(&fields)));
            }
        }
    }
    for (at, form) in forms {
        if let Some(Value::Object(operation)) = document.pointer_mut(at.as_str()) {
            operation.insert(FORM.to_owned(), form);
        }
    }
}

/// A field: its name, whether it is required, and where its parameter stands.
type Field = (String, bool, Pointer);

fn fields(document: &Value, around: &Pointer) -> Vec<Field> {
    let list = around.join("parameters");
    let count = document
        .pointer(list.as_str())
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    (0..count)
        .filter_map(|index| {
            let (at, parameter) = super::resolve(document, &list.item(index))?;
            let name = parameter["name"].as_str()?;
            let required = parameter["required"].as_bool().unwrap_or(false);
            (parameter["in"] == "formData").then(|| (name.to_owned(), required, at))
        })
        .collect()
}

fn form(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|(name, _, at)| {
            let reference = json!({ "$ref": format!("#{}", at.to_fragment()) });
            (name.clone(), reference)
        })
        .collect();
    let required: Vec<&String> = fields
        .iter()
        .filter(|(_, required, _)| *required)
        .map(|(name, ..)| name)
        .collect();
    json!({ "type": "object", "properties": properties, "required": required })
}
