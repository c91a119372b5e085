fn main() {
    let mut ctx = polars::sql::SQLContext::new();
    let df = polars::df!("a" => [1i64, 2, 3], "b" => ["x", "y", "z"]).unwrap();
    use polars::prelude::*;
    ctx.register("t", df.lazy());
    let sql = std::env::args().nth(1).unwrap();
    println!("{:?}", ctx.execute(&sql).and_then(|l| l.collect()));
}
