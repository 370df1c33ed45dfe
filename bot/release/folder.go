package release

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// maxFolder is the most that a published folder may weigh when packed, in bytes: it has to fit one packet of the database.
const maxFolder = 12 << 20

// ErrTooLarge: the packed folder is larger than one release may be.
var ErrTooLarge = errors.New("release: the folder is too large")

// kept are the kinds of file that belong to a folder of flows: flows, lists, tests, translations, pictures.
var kept = []string{".yaml", ".yml", ".csv", ".tsv", ".json", ".png", ".jpg", ".jpeg", ".gif"}

// Pack puts the files of a folder into a zip file. Hidden files and other kinds of file stay out.
func Pack(fsys fs.FS) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch hidden := strings.HasPrefix(path.Base(name), ".") && name != "."; {
		case err != nil:
			return err
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden || !slices.Contains(kept, path.Ext(name)):
			return nil
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := w.Create(name)
		if err != nil {
			return err
		}
		if _, err := f.Write(data); err != nil {
			return err
		}
		if out.Len() > maxFolder {
			return ErrTooLarge
		}
		return nil
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("packing the folder: %w", err)
	}
	return out.Bytes(), nil
}

// Folder reads the folder of a release.
func Folder(r store.Release) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(r.Files), int64(len(r.Files)))
	if err != nil {
		return nil, fmt.Errorf("unpacking release %d: %w", r.ID, err)
	}
	return z, nil
}

// Versions are the versions of a library's flows as they are kept for ever, so that talks which begin now can go on after the files have changed. The
// label, a day, names those that have no version of their own.
func Versions(lib *flows.Library, label string) ([]store.FlowVersion, error) {
	var out []store.FlowVersion
	for _, f := range lib.Flows() {
		bundle, err := lib.Bundle(f.ID)
		if err != nil {
			return nil, fmt.Errorf("bundling flow %s: %w", f.ID, err)
		}
		bundle.Label = label
		body, err := json.Marshal(bundle)
		if err != nil {
			return nil, fmt.Errorf("encoding flow %s: %w", f.ID, err)
		}
		out = append(out, store.FlowVersion{Hash: bundle.Hash, Flow: bundle.Flow, Bundle: body})
	}
	return out, nil
}
