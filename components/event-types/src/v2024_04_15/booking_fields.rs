//! The booking form as 2024-04-15 has it.

use meridian_domain::event_type::{BookingField, FieldType};
use meridian_gateway::validate::{Fields, Violation, boolean, text};
use serde_json::{Value, json};

use crate::parse::{bounds, rules};

/// The types a field may name.
const TYPES: &[&str] = &[
    "name",
    "email",
    "phone",
    "address",
    "text",
    "number",
    "textarea",
    "select",
    "multiselect",
    "multiemail",
    "checkbox",
    "radio",
    "boolean",
    "url",
    "radioInput",
];

/// Reads a field. Its options are known by their values.
pub fn read(fields: &mut Fields<'_>) -> Option<BookingField> {
    let kind: Option<FieldType> = fields.required_some("type", rules::variant(TYPES));
    let slug = fields.required("name", text(1, bounds::SLUG));
    let label = fields.optional("label", text(0, bounds::LABEL));
    let placeholder = fields.optional("placeholder", text(0, bounds::LABEL));
    let required = fields.optional("required", boolean());
    let hidden = fields.optional("hidden", boolean()).unwrap_or_default();
    let disable_on_prefill = fields.optional("disableOnPrefill", boolean()).unwrap_or_default();
    let option = |fields: &mut Fields<'_>| fields.required("value", text(1, bounds::LABEL));
    let options = fields.objects("options", bounds::OPTIONS, option).unwrap_or_default();
    let kind = kind?;
    if let Some(default) = BookingField::default_of(&slug) {
        let is_name = default.kind == FieldType::Name;
        return Some(BookingField {
            label: label.or(default.label),
            placeholder: placeholder.or(default.placeholder),
            required: is_name || required.unwrap_or(default.required),
            hidden: !is_name && hidden,
            disable_on_prefill,
            ..default
        });
    }
    if kind.has_options() && options.is_empty() {
        fields.refuse("options", &Violation::new("arrayNotEmpty", "should not be empty"));
    }
    Some(BookingField {
        kind,
        label: Some(label.unwrap_or_else(|| slug.clone())),
        slug,
        placeholder: kind.has_placeholder().then(|| placeholder.unwrap_or_default()),
        required: required.unwrap_or_default(),
        hidden,
        options: if kind.has_options() { options } else { Vec::new() },
        disable_on_prefill,
        is_default: false,
    })
}

/// Shows a field.
pub fn show(field: &BookingField) -> Value {
    let mut shown = json!({
        "name": field.slug,
        "type": field.kind,
        "required": field.required,
        "placeholder": field.placeholder.as_deref().unwrap_or_default(),
    });
    let Some(object) = shown.as_object_mut() else { return shown };
    let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
    if let Some(label) = &field.label {
        set("label", json!(label));
    }
    if field.hidden {
        set("hidden", json!(true));
    }
    if field.disable_on_prefill {
        set("disableOnPrefill", json!(true));
    }
    if field.kind.has_options() {
        let option = |option: &String| json!({"label": option, "value": option});
        set("options", field.options.iter().map(option).collect());
    }
    if field.is_default {
        set("editable", json!("system"));
        set("sources", json!([{"id": "default", "type": "default", "label": "Default"}]));
    } else {
        set("editable", json!("user"));
        set(
            "sources",
            json!([{"id": "user", "type": "user", "label": "User",
                    "fieldRequired": field.required}]),
        );
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_shown_as_it_came() {
        let sent = json!({
            "name": "location-name", "type": "radio", "label": "Location",
            "options": [{"label": "Via Bari 10", "value": "Via Bari 10"}],
            "sources": [{"id": "user", "type": "user", "label": "User", "fieldRequired": true}],
            "editable": "user", "required": true, "placeholder": "",
        });
        let mut fields = Fields::of(&sent);
        let field = read(&mut fields).unwrap();
        fields.finish().unwrap();
        assert_eq!(show(&field), sent);
    }

    #[test]
    fn a_default_field_stays_one() {
        let sent = json!({"name": "email", "type": "email", "label": "Mail", "required": true});
        let field = read(&mut Fields::of(&sent)).unwrap();
        assert!(field.is_default && field.label.as_deref() == Some("Mail"));
        assert_eq!(show(&field)["editable"], "system");
    }
}
