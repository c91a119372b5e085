//! A sheet's cells: only those that hold something, as text in one buffer, by row.

/// A merged region; rows and columns count from 0, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    pub first_row: u32,
    pub last_row: u32,
    pub first_column: u32,
    pub last_column: u32,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    column: u32,
    start: usize,
    length: u32,
}

/// Cells of one sheet. Rows count from 0; the spreadsheet shows `row + 1`.
#[derive(Debug, Default)]
pub struct Grid {
    text: String,
    cells: Vec<Cell>,
    rows: Vec<u32>,
    starts: Vec<usize>,
    merges: Vec<Merge>,
    width: u32,
    /// Columns beyond the limit were left out.
    pub cut: bool,
}

impl Grid {
    /// How many rows hold something.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One more than the last column that holds something.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The row number (from 0) of the `index`-th row that holds something.
    #[must_use]
    pub fn row_number(&self, index: usize) -> u32 {
        self.rows.get(index).copied().unwrap_or_default()
    }

    /// The position of a row (from 0) among those that hold something.
    #[must_use]
    pub fn index_of(&self, row: u32) -> Option<usize> {
        self.rows.binary_search(&row).ok()
    }

    /// Columns and texts of the `index`-th row.
    pub fn row(&self, index: usize) -> impl Iterator<Item = (u32, &str)> {
        let from = self.starts.get(index).copied().unwrap_or(self.cells.len());
        let to = self.starts.get(index + 1).copied().unwrap_or(self.cells.len());
        self.cells[from..to].iter().map(|cell| (cell.column, self.slice(cell)))
    }

    /// The text of one cell; empty when it holds nothing.
    #[must_use]
    pub fn cell(&self, row: u32, column: u32) -> &str {
        let Some(index) = self.index_of(row) else { return "" };
        self.row(index).find(|(at, _)| *at == column).map_or("", |(_, text)| text)
    }

    /// The text of one cell, or of the merged region that it is part of.
    #[must_use]
    pub fn merged_cell(&self, row: u32, column: u32) -> &str {
        let own = self.cell(row, column);
        if !own.is_empty() {
            return own;
        }
        self.merges
            .iter()
            .find(|merge| {
                (merge.first_row..=merge.last_row).contains(&row)
                    && (merge.first_column..=merge.last_column).contains(&column)
            })
            .map_or("", |merge| self.cell(merge.first_row, merge.first_column))
    }

    /// Merged regions of more than one row, by column: what a value stands for below its own row.
    pub fn tall_merges(&self) -> impl Iterator<Item = &Merge> {
        self.merges.iter().filter(|merge| merge.last_row > merge.first_row)
    }

    /// All merged regions.
    #[must_use]
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    fn slice(&self, cell: &Cell) -> &str {
        &self.text[cell.start..cell.start + cell.length as usize]
    }
}

/// Builds a [`Grid`] from cells that come row by row.
#[derive(Debug, Default)]
pub struct GridBuilder {
    grid: Grid,
    max_columns: u32,
}

impl GridBuilder {
    #[must_use]
    pub fn new(max_columns: u32) -> Self {
        Self { grid: Grid::default(), max_columns }
    }

    /// Adds a cell; blank ones are left out, and so are those that come out of order.
    pub fn push(&mut self, row: u32, column: u32, text: &str) {
        if text.is_empty() {
            return;
        }
        if column >= self.max_columns {
            self.grid.cut = true;
            return;
        }
        match self.grid.rows.last() {
            Some(last) if *last == row => {}
            Some(last) if *last > row => return,
            _ => {
                self.grid.rows.push(row);
                self.grid.starts.push(self.grid.cells.len());
            }
        }
        let start = self.grid.text.len();
        self.grid.text.push_str(text);
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.grid.cells.push(Cell { column, start, length });
        self.grid.width = self.grid.width.max(column + 1);
    }

    pub fn merge(&mut self, merge: Merge) {
        self.grid.merges.push(merge);
    }

    #[must_use]
    pub fn finish(self) -> Grid {
        self.grid
    }
}

/// The letters by which a spreadsheet names a column: 0 is `A`, 26 is `AA`.
#[must_use]
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::column_letters;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701, 702, 16383].into_iter().map(column_letters).collect();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
