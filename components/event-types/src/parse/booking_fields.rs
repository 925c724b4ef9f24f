//! What a booker is asked.

use meridian_domain::event_type::{BookingField, FieldType};
use meridian_gateway::validate::{Fields, Violation, array, boolean, one_of, text};

use super::{bounds, rules};

/// The types a field may name. The last is how the choice of locations is shown;
/// it is accepted back as it was shown.
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

/// The fields that are named by their slug alone.
const NAMED_BY_SLUG: &[&str] = &["title", "location", "notes", "guests", "rescheduleReason"];

/// All fields after the request: what came replaces what there was.
pub fn booking_fields(fields: &mut Fields<'_>, stored: Vec<BookingField>) -> Vec<BookingField> {
    if fields.raw("bookingFields").is_none() {
        return stored;
    }
    let asked = fields.objects("bookingFields", bounds::FIELDS, field).unwrap_or_default();
    let asked: Vec<BookingField> = asked.into_iter().flatten().collect();
    if let Some(twice) = repeated_slug(&asked) {
        let text = format!("must not have two fields with the slug {twice}");
        fields.refuse("bookingFields", &Violation::new("arrayUnique", text));
    }
    asked
}

fn repeated_slug(fields: &[BookingField]) -> Option<String> {
    let slugs = || fields.iter().map(|field| field.slug.as_str());
    let twice = slugs().enumerate().find(|(index, slug)| slugs().take(*index).any(|s| s == *slug));
    twice.map(|(_, slug)| slug.to_owned())
}

fn field(fields: &mut Fields<'_>) -> Option<BookingField> {
    if !fields.has("type") {
        let slug = fields.required_some("slug", one_of(NAMED_BY_SLUG))?;
        return Some(changed(fields, BookingField::default_of(slug)?));
    }
    let kind: FieldType = fields.required_some("type", rules::variant(TYPES))?;
    match kind {
        FieldType::Name => Some(changed(fields, BookingField::default_of("name")?)),
        FieldType::Email => Some(changed(fields, BookingField::default_of("email")?)),
        _ => with_slug(fields, kind),
    }
}

/// A field that names both its type and its slug: one of the owner's, or a default
/// one as it was shown.
fn with_slug(fields: &mut Fields<'_>, kind: FieldType) -> Option<BookingField> {
    let slug = fields.required("slug", text(1, bounds::SLUG));
    match BookingField::default_of(&slug) {
        Some(default) if default.kind == kind => Some(changed(fields, default)),
        Some(_) => {
            let rule = Violation::new("isNotIn", "is the slug of a default field of another type");
            fields.refuse("slug", &rule);
            None
        }
        None if kind == FieldType::RadioInput => {
            let rule = Violation::new("equals", "must be location where type is radioInput");
            fields.refuse("slug", &rule);
            None
        }
        None => Some(custom(fields, kind, slug)),
    }
}

/// A default field with what its owner says of it.
fn changed(fields: &mut Fields<'_>, default: BookingField) -> BookingField {
    let words = || text(0, bounds::LABEL);
    let label = fields.optional("label", words()).or(default.label);
    if default.kind == FieldType::RadioInput {
        return BookingField { label, ..default };
    }
    let required = fields.optional("required", boolean());
    let hidden = fields.optional("hidden", boolean());
    let placeholder = fields.optional("placeholder", words()).or(default.placeholder);
    let disable_on_prefill = fields.optional("disableOnPrefill", boolean()).unwrap_or_default();
    let is_name = default.kind == FieldType::Name;
    BookingField {
        label,
        placeholder,
        // A booker always has a name.
        required: is_name || required.unwrap_or(default.required),
        hidden: !is_name && hidden.unwrap_or(default.hidden),
        disable_on_prefill,
        ..default
    }
}

/// A field of the owner's own.
fn custom(fields: &mut Fields<'_>, kind: FieldType, slug: String) -> BookingField {
    let label = fields.required("label", text(1, bounds::LABEL));
    let required = fields.required("required", boolean());
    let hidden = fields.optional("hidden", boolean()).unwrap_or_default();
    let placeholder = fields.optional("placeholder", text(0, bounds::LABEL));
    let disable_on_prefill = fields.optional("disableOnPrefill", boolean()).unwrap_or_default();
    let options = if kind.has_options() { options(fields) } else { Vec::new() };
    BookingField {
        kind,
        slug,
        label: Some(label),
        // Clients read it as a text that is always there, on types that have one.
        placeholder: kind.has_placeholder().then(|| placeholder.unwrap_or_default()),
        required,
        hidden,
        options,
        disable_on_prefill,
        is_default: false,
    }
}

fn options(fields: &mut Fields<'_>) -> Vec<String> {
    let options = fields.required("options", array(bounds::OPTIONS, text(1, bounds::LABEL)));
    if fields.raw("options").and_then(serde_json::Value::as_array).is_some_and(Vec::is_empty) {
        fields.refuse("options", &Violation::new("arrayNotEmpty", "should not be empty"));
    }
    options
}
