package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
)

// Limits of an upload.
const (
	maxUpload  = 64 << 20 // bytes; larger files are for the command line
	uploadWait = 5 * time.Minute
	importWait = time.Hour
)

// uploadPath is where spreadsheets are sent.
const uploadPath = "/console/imports"

// bringing is the import that this process is at, or was last.
type bringing struct {
	mu      sync.Mutex
	busy    bool
	name    string
	by      string
	at      master.Progress
	problem string   // code of the word group "importproblem"
	fresh   []string // invitation codes that were drawn
	last    string   // id of the last one that ended
}

// importPage is what the page about imports shows.
type importPage struct {
	Kinds   []string
	Rows    []store.Import
	Acts    bool
	Busy    bool
	Name    string
	Says    string
	Problem string
	Fresh   []string
}

func (c *Console) pageImports(w http.ResponseWriter, v *request) error {
	p := importPage{Kinds: master.KindNames(), Acts: importers[v.user.Role] > blind}
	var err error
	if p.Rows, err = c.store.Imports(v.Context(), 50); err != nil {
		return err
	}
	b := &c.bringing
	b.mu.Lock()
	p.Busy, p.Problem = b.busy, b.problem
	if b.by == v.user.Name {
		p.Name, p.Says, p.Fresh = b.name, master.Says(b.at), b.fresh
	}
	b.mu.Unlock()
	if p.Busy || slices.ContainsFunc(p.Rows, func(im store.Import) bool { return im.Status == store.ImportRunning }) {
		w.Header().Set("Refresh", "2")
	}
	return c.show(w, v, "imports", p)
}

func (c *Console) pageImport(w http.ResponseWriter, v *request) error {
	im, err := c.store.Import(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	report := master.ReadReport(im)
	if v.narrow() && im.Kind == store.KindDoctors { // they name doctors of others
		report.Problems, report.Notes = nil, nil
	}
	return c.show(w, v, "import", struct {
		store.Import
		Report master.Report
	}{im, report})
}

func (c *Console) showTemplate(w http.ResponseWriter, v *request) error {
	kind := v.PathValue("kind")
	body, err := master.Template(kind)
	if errors.Is(err, master.ErrKind) {
		return store.ErrNotFound
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="`+kind+`.xlsx"`)
	_, err = w.Write(body)
	return err
}

// doImport takes a spreadsheet and works on it in the background: the page shows how far it is.
func (c *Console) doImport(w http.ResponseWriter, v *request) error {
	late := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadWait))
	if late != nil && !errors.Is(late, http.ErrNotSupported) {
		return fmt.Errorf("waiting for an upload: %w", late)
	}
	path, name, err := c.keepUpload(v)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return c.back(w, v, "import_none", uploadPath)
	}
	if err != nil {
		return err
	}
	o := master.Options{Kind: v.FormValue("kind"), Path: path, Name: name, Actor: v.user.Name, Dry: v.FormValue("dry") != "", Zone: c.zone}
	if master.Title(o.Kind) == "" {
		return errors.Join(store.ErrNotFound, os.Remove(path))
	}
	if c.library != nil {
		if lib := c.library(); lib != nil {
			o.Codes = lib.Coder()
		}
	}
	if !c.bring(o) {
		return errors.Join(c.back(w, v, "import_busy", uploadPath), os.Remove(path))
	}
	return c.back(w, v, "import_begun", uploadPath)
}

// keepUpload puts the file into a temporary one.
func (c *Console) keepUpload(v *request) (path, name string, err error) {
	if err := v.ParseMultipartForm(1 << 20); err != nil {
		return "", "", fmt.Errorf("reading the upload: %w", err)
	}
	defer func() { err = errors.Join(err, v.MultipartForm.RemoveAll()) }()
	in, head, err := v.FormFile("file")
	if err != nil {
		return "", "", fmt.Errorf("reading the upload: %w", err)
	}
	defer in.Close()
	out, err := os.CreateTemp("", "vrep-import-")
	if err != nil {
		return "", "", fmt.Errorf("keeping the upload: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return "", "", errors.Join(fmt.Errorf("keeping the upload: %w", err), os.Remove(out.Name()))
	}
	return out.Name(), head.Filename, nil
}

// bring starts an import unless one is going on in this process; false: one is.
func (c *Console) bring(o master.Options) bool {
	b := &c.bringing
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy {
		return false
	}
	b.busy, b.name, b.by, b.at, b.problem, b.fresh = true, o.Name, o.Actor, master.Progress{}, "", nil
	o.Progress = func(p master.Progress) {
		b.mu.Lock()
		b.at = p
		b.mu.Unlock()
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), importWait)
		defer cancel()
		r, err := master.Run(ctx, c.store, o)
		if e := os.Remove(o.Path); e != nil {
			c.log.Error("removing an upload failed", "error", e)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.busy = false
		switch {
		case errors.Is(err, store.ErrImportRunning):
			b.problem = "running"
		case err != nil:
			b.problem = "failed"
			c.log.Error("import failed", "kind", o.Kind, "error", err)
		default:
			b.last = r.Import.ID
			if r.OK() && !o.Dry {
				b.fresh = r.Fresh
			}
		}
	}()
	return true
}
