package master

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/vrep/vrep/store"
)

// stagedRows is from how many rows an import on the embedded database is staged: what is written below that takes it no longer than a doctor waits.
const stagedRows = 5000

// staged are the kinds whose rows may be written again with the same result. Invitation codes are drawn anew for each reading and stay one transaction.
var staged = map[string]bool{store.KindHospitals: true, store.KindDoctors: true, store.KindAccess: true, store.KindPrices: true}

// stage keeps the checked file of a large import where it is found again when the writing is broken off.
func (p *plan) stage(st *store.Store, im store.Import) error {
	path, least := st.StagePath(im), p.opt.Staged
	if least == 0 {
		least = stagedRows
	}
	if p.opt.Dry || path == "" || path == p.opt.Path || !staged[p.opt.Kind] || p.rows < least {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keeping the spreadsheet: %w", err)
	}
	in, err := os.Open(p.opt.Path)
	if err != nil {
		return fmt.Errorf("keeping the spreadsheet: %w", err)
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the spreadsheet: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keeping the spreadsheet: %w", err), os.Remove(path+".part"))
	}
	return nil
}

// Resume goes on with a staged import that was broken off; nil when there is none. Of the options Zone, Hospitals, Codes and Progress count. It is called when
// a service starts, and by Run before another import. When it fails for another reason than the end of ctx, the import is given up with a report that says
// so: what is written stays, and the same file again adds the rest.
func Resume(ctx context.Context, st *store.Store, o Options) (*Report, error) {
	im, left, err := st.LeftImport(ctx)
	if err != nil || !left {
		return nil, err
	}
	o.Kind, o.Name, o.Actor, o.Path, o.Dry = im.Kind, im.Name, im.Actor, st.StagePath(im), false
	p, err := newPlan(o, st.Now())
	if err != nil {
		return nil, err
	}
	p.resumed = true
	return p.run(ctx, st, im)
}

// breakOff ends a staged import that is not written whole: it goes on later, unless this was going on already and failed by itself.
func (p *plan) breakOff(ctx context.Context, st *store.Store, im store.Import, failed error) (bool, error) {
	if failed == nil || im.Status != store.ImportRunning || !st.Staged(im) {
		return false, nil
	}
	if p.resumed && ctx.Err() == nil {
		p.report.note(p.words, "partly")
		return false, nil
	}
	return true, st.LeaveImport(context.WithoutCancel(ctx), im)
}
