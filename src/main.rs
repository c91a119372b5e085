fn main() {
    let arg = std::env::args().nth(1);
    match zicha::definitions::Definitions::load(arg.as_ref().map(std::path::Path::new), &zicha::definitions::Project::default()) {
        Ok(d) => println!("{}", d.rules.len()),
        Err(e) => println!("{e}"),
    }
}
