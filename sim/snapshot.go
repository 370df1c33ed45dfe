package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// saveEvery is the longest that a change waits before it is on disk.
const saveEvery = time.Second

// load reads the snapshot file; a missing file is an empty platform.
func (p *Platform) load() error {
	if p.opts.File == "" {
		return nil
	}
	raw, err := os.ReadFile(p.opts.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading snapshot: %w", err)
	}
	s := newState()
	s.Account = p.state.Account
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading snapshot %s: %w", p.opts.File, err)
	}
	p.adopt(s)
	return nil
}

// save writes the snapshot to a neighbour, syncs it and renames it into place.
func (p *Platform) save() error {
	if p.opts.File == "" {
		return nil
	}
	p.mu.Lock()
	raw, err := json.Marshal(&p.state)
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("encoding snapshot: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(p.opts.File), ".sim-*")
	if err != nil {
		return fmt.Errorf("creating snapshot: %w", err)
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), p.opts.File)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("writing snapshot: %w", err)
	}
	return nil
}

// keepSaved writes the snapshot soon after each change until Close, which
// writes the last one itself.
func (p *Platform) keepSaved() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.dirty:
		}
		if p.opts.File == "" {
			continue
		}
		select {
		case <-p.ctx.Done():
			return
		case <-time.After(saveEvery):
		}
		if err := p.save(); err != nil {
			p.log.Error("saving snapshot failed", "error", err)
		}
	}
}
