//! Bindings of nearest neighbours and of pairs within a radius.

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::bindings::arrays::{borrowed, to_bytes};
use crate::error::KernelError;
use crate::kernels::neighbours::nearest::{
    Neighbour, enter_pairs as enter_given, keep_nearest as enter, keep_smallest as enter_bounds,
};
use crate::kernels::neighbours::side::Side;
use crate::kernels::neighbours::squared::Coordinate;
use crate::kernels::neighbours::within::pairs_within as find;

type ThreeArrays<'py> = (
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
);
/// Features, members, slack, error and rest of a tile's rows or columns.
type Given = (
    Features,
    PyBuffer<i64>,
    PyBuffer<f64>,
    PyBuffer<f64>,
    PyBuffer<f64>,
);
/// Squared distances and members of a side's lists, float64 and int64 of shape (n, k).
type Lists = (PyBuffer<f64>, PyBuffer<i64>);

/// Vectors in either precision.
#[derive(FromPyObject)]
pub(crate) enum Features {
    Single(PyBuffer<f32>),
    Double(PyBuffer<f64>),
}

/// Calls `$call` with the vectors of two sides, whose types `$x` and `$y` stand for.
macro_rules! with_features {
    ($first:expr, $second:expr, |$x:ident, $y:ident| $call:expr) => {
        match (&$first, &$second) {
            (Features::Single($x), Features::Single($y)) => $call,
            (Features::Single($x), Features::Double($y)) => $call,
            (Features::Double($x), Features::Single($y)) => $call,
            (Features::Double($x), Features::Double($y)) => $call,
        }
    };
}

/// Enters a tile's pairs into the lists of its rows and, where given, of its columns.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // two sides, their lists, and the tile between them
pub(crate) fn keep_nearest(
    py: Python<'_>,
    tile: PyBuffer<f32>,
    scale: f64,
    rows: Given,
    row_lists: Lists,
    columns: Given,
    column_lists: Option<Lists>,
    same: bool,
) -> PyResult<()> {
    let k = row_lists.0.shape()[1];
    let mut for_rows = read_lists(py, &row_lists, rows.1.item_count())?;
    let mut for_columns = match &column_lists {
        Some(lists) => Some(read_lists(py, lists, columns.1.item_count())?),
        None => None,
    };
    expect(
        "tile",
        rows.1.item_count() * columns.1.item_count(),
        tile.item_count(),
    )?;
    let tile = borrowed(&tile)?;
    with_features!(rows.0, columns.0, |x, y| {
        let row_side = Held::new(py, x, &rows)?;
        let column_side = Held::new(py, y, &columns)?;
        py.detach(|| {
            enter(
                tile,
                scale,
                k,
                &row_side.side(),
                &mut for_rows,
                &column_side.side(),
                for_columns.as_deref_mut(),
                same,
            );
        });
    });
    write_lists(py, &for_rows, &row_lists)?;
    match (&for_columns, &column_lists) {
        (Some(found), Some(lists)) => write_lists(py, found, lists),
        _ => Ok(()),
    }
}

/// Enters a tile's columns into lists of those with each row's smallest bounds.
#[pyfunction]
pub(crate) fn keep_smallest(
    py: Python<'_>,
    tile: PyBuffer<f32>,
    lists: Lists,
    members: PyBuffer<i64>,
) -> PyResult<()> {
    let (n_rows, k) = (lists.0.shape()[0], lists.0.shape()[1]);
    let members = members.to_vec(py)?;
    let mut found = read_lists(py, &lists, n_rows)?;
    expect("tile", n_rows * members.len(), tile.item_count())?;
    let tile = borrowed(&tile)?;
    py.detach(|| enter_bounds(tile, k, &mut found, &members));
    write_lists(py, &found, &lists)
}

/// Enters pairs of rows and the members of `others` that `candidates`, int64 of shape (rows, c), names.
#[pyfunction]
pub(crate) fn enter_pairs(
    py: Python<'_>,
    rows: Given,
    lists: Lists,
    others: Given,
    candidates: PyBuffer<i64>,
    same: bool,
) -> PyResult<()> {
    let k = lists.0.shape()[1];
    let mut found = read_lists(py, &lists, rows.1.item_count())?;
    let width = candidates.shape()[1];
    expect(
        "candidates",
        rows.1.item_count() * width,
        candidates.item_count(),
    )?;
    let candidates = candidates.to_vec(py)?;
    with_features!(rows.0, others.0, |x, y| {
        let row_side = Held::new(py, x, &rows)?;
        vectors(y, &candidates)?;
        let other_side = Held::new(py, y, &others)?;
        py.detach(|| {
            let (rows, others) = (row_side.side(), other_side.side());
            enter_given(k, &rows, &mut found, &others, &candidates, same);
        });
    });
    write_lists(py, &found, &lists)
}

/// Places in a tile within radii of columns, their squared distances, and places within radii of rows: the bytes of
/// arrays of int64, float64 and int64.
#[pyfunction]
#[allow(clippy::too_many_arguments)] // two sides, their radii, and the tile between them
pub(crate) fn pairs_within(
    py: Python<'_>,
    tile: PyBuffer<f32>,
    scale: f64,
    rows: Given,
    row_radii: Option<PyBuffer<f64>>,
    columns: Given,
    column_radii: PyBuffer<f64>,
    settled: PyBuffer<u8>,
    lesser_radii: PyBuffer<f64>,
) -> PyResult<ThreeArrays<'_>> {
    let row_radii = row_radii.map(|radii| radii.to_vec(py)).transpose()?;
    let column_radii = column_radii.to_vec(py)?;
    if let Some(radii) = &row_radii {
        expect("row_radii", rows.1.item_count(), radii.len())?;
    }
    let settled: Vec<bool> = settled.to_vec(py)?.iter().map(|&one| one != 0).collect();
    expect("settled", columns.1.item_count(), settled.len())?;
    expect("column_radii", columns.1.item_count(), column_radii.len())?;
    let lesser_radii = lesser_radii.to_vec(py)?;
    expect("lesser_radii", columns.1.item_count(), lesser_radii.len())?;
    expect(
        "tile",
        rows.1.item_count() * columns.1.item_count(),
        tile.item_count(),
    )?;
    let tile = borrowed(&tile)?;
    let found = with_features!(rows.0, columns.0, |x, y| {
        let row_side = Held::new(py, x, &rows)?;
        let column_side = Held::new(py, y, &columns)?;
        py.detach(|| {
            find(
                tile,
                scale,
                &row_side.side(),
                row_radii.as_deref(),
                &column_side.side(),
                &column_radii,
                &settled,
                &lesser_radii,
            )
        })
    });
    Ok((
        to_bytes(py, &found.of_columns, i64::to_ne_bytes)?,
        to_bytes(py, &found.squared, f64::to_ne_bytes)?,
        to_bytes(py, &found.of_rows, i64::to_ne_bytes)?,
    ))
}

/// What a `Side` borrows from.
struct Held<'a, T> {
    features: &'a [T],
    width: usize,
    members: Vec<i64>,
    slack: Vec<f64>,
    error: Vec<f64>,
    rest: Vec<f64>,
}

impl<'a, T: Element + Coordinate> Held<'a, T> {
    fn new(py: Python<'_>, features: &'a PyBuffer<T>, given: &Given) -> PyResult<Self> {
        let members = given.1.to_vec(py)?;
        let held = Self {
            features: vectors(features, &members)?,
            width: features.shape()[1],
            slack: given.2.to_vec(py)?,
            error: given.3.to_vec(py)?,
            rest: given.4.to_vec(py)?,
            members,
        };
        expect("slack", held.members.len(), held.slack.len())?;
        expect("error", held.members.len(), held.error.len())?;
        expect("rest", held.members.len(), held.rest.len())?;
        Ok(held)
    }

    fn side(&self) -> Side<'_, T> {
        Side {
            features: self.features,
            width: self.width,
            members: &self.members,
            slack: &self.slack,
            error: &self.error,
            rest: &self.rest,
        }
    }
}

/// A set's vectors, of which all `members` are there.
fn vectors<'a, T: Element>(features: &'a PyBuffer<T>, members: &[i64]) -> PyResult<&'a [T]> {
    let n = features.shape()[0] as i64;
    match members.iter().find(|&&member| !(0..n).contains(&member)) {
        Some(member) => Err(PyValueError::new_err(format!(
            "`members` must number {n} vectors, 0 to n - 1; found {member}"
        ))),
        None => borrowed(features),
    }
}

fn read_lists(py: Python<'_>, lists: &Lists, n_rows: usize) -> PyResult<Vec<Neighbour>> {
    let (squared, near) = (lists.0.to_vec(py)?, lists.1.to_vec(py)?);
    expect("lists", lists.0.shape()[1] * n_rows, squared.len())?;
    expect("lists", squared.len(), near.len())?;
    let pairs = squared.into_iter().zip(near);
    Ok(pairs
        .map(|(squared, member)| Neighbour { squared, member })
        .collect())
}

fn write_lists(py: Python<'_>, found: &[Neighbour], lists: &Lists) -> PyResult<()> {
    let squared: Vec<f64> = found.iter().map(|near| near.squared).collect();
    let members: Vec<i64> = found.iter().map(|near| near.member).collect();
    lists.0.copy_from_slice(py, &squared)?;
    lists.1.copy_from_slice(py, &members)
}

fn expect(what: &'static str, expected: usize, found: usize) -> Result<(), KernelError> {
    if expected == found {
        return Ok(());
    }
    Err(KernelError::Lengths {
        what,
        expected,
        found,
    })
}
