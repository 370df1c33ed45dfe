package master

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/vrep/vrep/master/sheet"
	"github.com/vrep/vrep/store"
)

// batchRows is how many rows are compared and written together.
const batchRows = 1000

// ErrKind: there is no such kind of spreadsheet.
var ErrKind = errors.New("master: unknown kind")

// Progress is how far an import is.
type Progress struct {
	Writing bool // false: the rows are being checked
	Done    int
	Total   int // an estimate
}

// Options say what is imported.
type Options struct {
	Kind      string
	Path      string // the file
	Name      string // what people call it; "" = the end of Path
	Actor     string
	Dry       bool
	Zone      *time.Location                                         // of dates; UTC when nil
	Hospitals map[string]string                                      // id → name, where the house keeps no hospitals yet
	Codes     func(field, text string) (code, label string, ok bool) // what the flows call an answer; nil = texts are kept as they are
	Progress  func(Progress)                                         // may be nil
}

// plan is one import at work.
type plan struct {
	opt       Options
	words     *words
	kind      Kind
	columns   map[string]Column
	file      *sheet.File
	header    *header
	report    *Report
	known     *known
	provinces map[string]string // hospital → province
	drawn     map[int]string    // line → invitation code
	noted     map[string]bool
	seen      map[[16]byte]place // what tells a record → where it was first
	skip      map[int]bool       // lines that repeat another one
	keys      map[string]string  // person → master key that the file gives
	rows      int
	now       int64
}

// place is where a record was first, and the sum of its row.
type place struct {
	line int32
	sum  uint64
}

// Run imports a spreadsheet. What is wrong with the file stands in the report and is no error; then nothing was written. ErrKind; store.ErrImportRunning.
func Run(ctx context.Context, st *store.Store, o Options) (*Report, error) {
	p, err := newPlan(o, st.Now())
	if err != nil {
		return nil, err
	}
	im := store.Import{Kind: o.Kind, Name: o.Name, Actor: o.Actor}
	if im.Name == "" {
		im.Name = filepath.Base(o.Path)
	}
	if o.Dry {
		im.Status = store.ImportDry
	}
	if im.Hash, err = hashFile(o.Path); err != nil {
		return nil, err
	}
	if im, err = st.BeginImport(ctx, im); err != nil {
		return nil, err
	}
	alive, stop := context.WithCancel(ctx)
	defer stop()
	if !o.Dry {
		go st.KeepImport(alive, im)
	}
	counts, err := p.work(ctx, st, im)
	return p.end(ctx, st, im, counts, err)
}

func newPlan(o Options, now int64) (*plan, error) {
	w, err := readWords()
	if err != nil {
		return nil, err
	}
	kind, ok := w.Kinds[o.Kind]
	if !ok {
		return nil, ErrKind
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	p := &plan{opt: o, words: w, kind: kind, columns: map[string]Column{}, report: &Report{}, drawn: map[int]string{}, noted: map[string]bool{}, now: now}
	for _, c := range kind.Columns {
		p.columns[c.Name] = c
	}
	return p, nil
}

// end writes how the import ended, also when it was given up.
func (p *plan) end(ctx context.Context, st *store.Store, im store.Import, counts store.Counts, failed error) (*Report, error) {
	im.Total, im.Added, im.Changed, im.Same, im.Bad = p.rows, counts.Added, counts.Changed, counts.Same, p.report.Bad
	p.report.Merged += counts.Merged
	switch {
	case failed != nil || p.report.Bad > 0:
		if im.Status != store.ImportDry {
			im.Status = store.ImportFailed
		}
	case im.Status != store.ImportDry:
		im.Status = store.ImportDone
	}
	var err error
	if im.Report, err = p.report.body(); err != nil {
		return nil, errors.Join(failed, err)
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	err = st.EndImport(keep, im)
	p.report.Import = im
	if err = errors.Join(failed, err); err != nil {
		return nil, err
	}
	return p.report, nil
}

// work checks every row and then, when nothing is wrong, reads the file again and writes.
func (p *plan) work(ctx context.Context, st *store.Store, im store.Import) (store.Counts, error) {
	file, err := sheet.Open(p.opt.Path)
	if err != nil {
		return store.Counts{}, p.report.faults(p.words, err)
	}
	defer func() { _ = file.Close() }() // only read
	p.file = file
	if err := p.learn(ctx, st); err != nil {
		return store.Counts{}, err
	}
	run, ok := imports[p.opt.Kind]
	if !ok {
		return store.Counts{}, ErrKind
	}
	return run(ctx, p, st, im)
}

// each gives every row below the header.
func (p *plan) each(ctx context.Context, writing bool, do func(*record) error) error {
	p.header, p.rows = nil, 0
	tried, last := 0, time.Time{}
	err := p.file.Rows(func(row sheet.Row) error {
		if p.header == nil {
			tried++
			switch {
			case p.kind.looksLikeHeader(row.Cells):
				if p.readHeader(row); p.report.Bad > 0 {
					return errStop
				}
				return p.file.MergedBelow(row.Line)
			case tried == headerWithin:
				return errStop
			}
			return nil
		}
		p.rows++
		if now := time.Now(); p.opt.Progress != nil && now.Sub(last) > 200*time.Millisecond {
			last = now
			p.opt.Progress(Progress{Writing: writing, Done: p.rows, Total: max(p.rows, p.file.Lines-p.header.line)})
		}
		if p.rows%batchRows == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return do(&record{p: p, line: row.Line, cells: row.Cells})
	})
	if err != nil && !errors.Is(err, errStop) {
		return p.report.faults(p.words, err)
	}
	switch {
	case p.header == nil:
		p.report.problem(p.words, "no_header", 0, 0, "", p.opt.Kind, p.kind.needed())
	case p.rows == 0 && p.report.Bad == 0:
		p.report.problem(p.words, "no_rows", 0, 0, "")
	}
	return nil
}

// errStop ends a reading whose faults stand in the report.
var errStop = errors.New("master: stopped")

// noteOnce notes something once for each subject.
func (p *plan) noteOnce(code, subject string, args ...any) {
	if key := code + "\x00" + subject; !p.noted[key] {
		p.noted[key] = true
		p.report.note(p.words, code, args...)
	}
}

// hashFile is the SHA-256 of a file.
func hashFile(path string) (string, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("opening spreadsheet: %w", err)
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return "", fmt.Errorf("reading spreadsheet: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
