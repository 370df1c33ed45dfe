// Package author holds what content owners see of their flows: drawings, explanations, prints for review, comparisons of versions, random walks, the
// editor's schema, a starter and the preview page.
//
// It stands above package flows (the only leaf that does) and refuses to decide anything: it reads the model and plays talks with flows.Player, so what
// an author sees is what a doctor would get.
//
// Invariants: it works offline on a folder; the words on its pages and prints live in templates and data files.
package author
