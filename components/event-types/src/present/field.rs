//! A field of the booking form.

use meridian_domain::event_type::{BookingField, FieldType};
use serde::Serialize;

/// A field as the API shows it: each type with the keys its schema has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    #[serde(rename = "type")]
    kind: FieldType,
    slug: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<String>,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disable_on_prefill: Option<bool>,
    is_default: bool,
}

impl From<&BookingField> for FieldView {
    fn from(field: &BookingField) -> Self {
        let kind = field.kind;
        Self {
            kind,
            slug: field.slug.clone(),
            label: field.label.clone(),
            placeholder: field.placeholder.clone().filter(|_| kind.has_placeholder()),
            required: field.required,
            hidden: (kind != FieldType::Name).then_some(field.hidden),
            options: kind.has_options().then(|| field.options.clone()),
            disable_on_prefill: (kind != FieldType::RadioInput).then_some(field.disable_on_prefill),
            is_default: field.is_default || field.is_attendee_phone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_type_has_the_keys_of_its_schema() {
        let shown = |slug: &str| {
            let field = BookingField::default_of(slug).unwrap();
            serde_json::to_value(FieldView::from(&field)).unwrap()
        };
        assert_eq!(
            shown("location"),
            json!({"type": "radioInput", "slug": "location", "label": "Location",
                   "required": false, "hidden": false, "isDefault": true})
        );
        assert_eq!(
            shown("name"),
            json!({"type": "name", "slug": "name", "label": "Your name", "placeholder": "",
                   "required": true, "disableOnPrefill": false, "isDefault": true})
        );
    }
}
