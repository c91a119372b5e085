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
        self.cells_of(index).iter().map(|cell| (cell.column, self.slice(cell)))
    }

    fn cells_of(&self, index: usize) -> &[Cell] {
        let from = self.starts.get(index).copied().unwrap_or(self.cells.len());
        let to = self.starts.get(index + 1).copied().unwrap_or(self.cells.len());
        &self.cells[from..to]
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

    /// Bytes that the texts of all cells take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The rows as bytes, for [`GridBuilder::unpack`]: rows with their numbers, cells with their columns, then merged regions, then all texts.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.rows.len() * 8 + self.cells.len() * 8 + self.text.len());
        let mut put = |number: u32| out.extend_from_slice(&number.to_le_bytes());
        let size = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        put(size(self.rows.len()));
        put(size(self.cells.len()));
        put(size(self.merges.len()));
        for index in 0..self.rows.len() {
            put(self.rows[index]);
            put(size(self.row(index).count()));
        }
        for cell in &self.cells {
            put(cell.column);
            put(cell.length);
        }
        for merge in &self.merges {
            for number in [merge.first_row, merge.last_row, merge.first_column, merge.last_column] {
                put(number);
            }
        }
        out.extend_from_slice(self.text.as_bytes());
        out
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

    /// Makes room for what these grids hold.
    pub fn reserve(&mut self, grids: &[&Grid]) {
        let sum = |size: fn(&Grid) -> usize| grids.iter().map(|grid| size(grid)).sum();
        self.grid.text.reserve(sum(|grid| grid.text.len()));
        self.grid.cells.reserve(sum(|grid| grid.cells.len()));
        self.grid.rows.reserve(sum(|grid| grid.rows.len()));
        self.grid.starts.reserve(sum(|grid| grid.rows.len()));
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

    /// Adds a row of another grid, as [`GridBuilder::push`] would each of its cells.
    pub fn copy_row(&mut self, grid: &Grid, index: usize) {
        let (number, cells) = (grid.row_number(index), grid.cells_of(index));
        let (Some(first), Some(last)) = (cells.first(), cells.last()) else { return };
        let fresh = self.grid.rows.last().is_none_or(|before| *before < number);
        if !fresh || cells.iter().any(|cell| cell.column >= self.max_columns) {
            grid.row(index).for_each(|(column, text)| self.push(number, column, text));
            return;
        }
        self.grid.rows.push(number);
        self.grid.starts.push(self.grid.cells.len());
        // The texts of a row stand one behind another.
        let (from, to) = (first.start, last.start + last.length as usize);
        let start = self.grid.text.len();
        self.grid.text.push_str(&grid.text[from..to]);
        self.grid.cells.extend(cells.iter().map(|cell| Cell { start: cell.start - from + start, ..*cell }));
        self.grid.width = cells.iter().map(|cell| cell.column + 1).fold(self.grid.width, u32::max);
    }

    /// The number of the last row so far.
    #[must_use]
    pub fn last_row(&self) -> Option<u32> {
        self.grid.rows.last().copied()
    }

    /// Bytes of text and number of rows so far.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.grid.text.len(), self.grid.rows.len())
    }

    /// The grid that [`Grid::pack`] made into bytes; none where they are cut off or were changed.
    #[must_use]
    pub fn unpack(bytes: &[u8]) -> Option<Grid> {
        let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at * 4..at * 4 + 4)?.try_into().ok()?));
        let (rows, cells, merges) = (number(0)? as usize, number(1)? as usize, number(2)? as usize);
        let (first_cell, first_merge) = (3 + rows * 2, 3 + rows * 2 + cells * 2);
        let text = std::str::from_utf8(bytes.get((first_merge + merges * 4) * 4..)?).ok()?;
        let mut grid = Grid { text: text.to_owned(), ..Grid::default() };
        grid.rows.reserve_exact(rows);
        grid.starts.reserve_exact(rows);
        grid.cells.reserve_exact(cells);
        let (mut cell, mut start) = (0, 0);
        for row in 0..rows {
            grid.rows.push(number(3 + row * 2)?);
            grid.starts.push(cell);
            cell += number(4 + row * 2)? as usize;
        }
        for index in 0..cells {
            let at = first_cell + index * 2;
            let (column, length) = (number(at)?, number(at + 1)?);
            grid.cells.push(Cell { column, start, length });
            grid.width = grid.width.max(column + 1);
            start += length as usize;
            if !text.is_char_boundary(start) {
                return None;
            }
        }
        for index in 0..merges {
            let at = first_merge + index * 4;
            let (first_row, last_row) = (number(at)?, number(at + 1)?);
            let (first_column, last_column) = (number(at + 2)?, number(at + 3)?);
            grid.merges.push(Merge { first_row, last_row, first_column, last_column });
        }
        (cell == cells).then_some(grid)
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
    use super::{GridBuilder, Merge, column_letters};

    #[test]
    fn a_packed_grid_is_the_same_again() {
        let mut builder = GridBuilder::new(100);
        builder.push(0, 1, "姓名");
        builder.push(7, 0, "1");
        builder.push(7, 3, "张三");
        builder.merge(Merge { first_row: 7, last_row: 9, first_column: 3, last_column: 3 });
        let grid = builder.finish();
        let packed = grid.pack();
        let again = GridBuilder::unpack(&packed).unwrap();
        assert_eq!(again.pack(), packed);
        assert_eq!((again.merged_cell(8, 3), again.cell(0, 1), again.width()), ("张三", "姓名", 4));
        assert!((0..packed.len()).all(|cut| GridBuilder::unpack(&packed[..cut]).is_none_or(|grid| grid.len() < 3)));
    }

    #[test]
    fn a_copied_row_is_what_pushing_its_cells_gives() {
        let mut builder = GridBuilder::new(100);
        for (row, column, text) in [(0, 1, "姓名"), (0, 2, "班"), (3, 0, "1"), (3, 2, "张三"), (4, 5, "二")] {
            builder.push(row, column, text);
        }
        let grid = builder.finish();
        for most in [100, 3] {
            let (mut copied, mut pushed) = (GridBuilder::new(most), GridBuilder::new(most));
            // Out of order, and twice: both leave out the same.
            for index in [1, 0, 2, 2] {
                copied.copy_row(&grid, index);
                grid.row(index).for_each(|(column, text)| pushed.push(grid.row_number(index), column, text));
            }
            let (copied, pushed) = (copied.finish(), pushed.finish());
            assert_eq!((copied.pack(), copied.width(), copied.cut), (pushed.pack(), pushed.width(), pushed.cut));
        }
    }

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701, 702, 16383].into_iter().map(column_letters).collect();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]);
    }
}
