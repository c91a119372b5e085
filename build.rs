//! Rebuilds the program when a definition file is added or taken away, because those files are embedded in it.

fn main() {
    for folder in ["indicators", "datasets", "reports"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
