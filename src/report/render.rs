//! A page from its template in `reports/`, with the style that all pages share, or the one of papers to print.

use crate::definitions::Library;
use anyhow::{Result, anyhow};
use minijinja::{AutoEscape, Environment, Value, context};

const STYLE: &str = "reports/style.css";
const PAPER_STYLE: &str = "reports/papers.css";

/// Fills a template; what is filled in is escaped.
///
/// # Errors
/// When the template or the style is missing, or the template is not valid.
pub(super) fn page(library: &Library, template: &str, values: Value) -> Result<String> {
    let text = |path: &str| library.text(path).map_err(|problem| anyhow!("{problem}"));
    let (source, style, paper_style) = (text(template)?, text(STYLE)?, text(PAPER_STYLE)?);
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template(template, &source)?;
    let values = context! {
        style => Value::from_safe_string(style), paper_style => Value::from_safe_string(paper_style), ..values
    };
    Ok(environment.get_template(template)?.render(values)?)
}
