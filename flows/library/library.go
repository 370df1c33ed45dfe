// Package library holds the shipped flows: what a content owner edits. It decides nothing and knows no Go type of the engine; it only carries the
// files into the binary, so that `vrep demo` and a first `vrep serve` talk without a folder of their own.
//
// Layout: _config.yaml (commands, listeners, fixed lines), one file per flow, profile.yaml (portrait fields), contents.yaml (approved items),
// rules.yaml (scores and leads), lists/ (hospitals, departments), tests/ (conversations that every change must pass).
package library

import "embed"

// FS is the folder of shipped flows, with its root at the folder itself.
//
//go:embed *.yaml lists/*.yaml tests/*.yaml
var FS embed.FS
