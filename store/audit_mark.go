package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// MarksFile is the name of the append-only copy of the checkpoints in the data folder. A copy of it elsewhere is what catches a tail that was cut off in
// the database and in the folder alike.
const MarksFile = "audit-checkpoints.jsonl"

// markTick is how often the loop looks whether a checkpoint is due.
const markTick = 5 * time.Second

// marks signs the ends of chains and copies the checkpoints into the file.
type marks struct {
	key    ed25519.PrivateKey
	file   string           // "" = there is no data folder
	copied map[string]int64 // chain → row of the newest checkpoint in the file; nil = not read yet. Only the loop touches it.
}

func newMarks(o Options) *marks {
	m := &marks{key: ed25519.NewKeyFromSeed(derive(o.Secret, markUse))}
	if o.DataDir != "" {
		m.file = filepath.Join(o.DataDir, MarksFile)
	}
	return m
}

func (c *Checkpoint) text() []byte {
	var text []byte
	for _, part := range []string{markForm, c.Account, c.Chain, strconv.FormatInt(c.Row, 10), c.Hash, strconv.FormatInt(c.At, 10)} {
		text = appendPart(text, part)
	}
	return text
}

func (c *Checkpoint) genuine(key ed25519.PrivateKey) bool {
	public, ok := key.Public().(ed25519.PublicKey)
	return ok && ed25519.Verify(public, c.text(), c.Signature)
}

// mark signs the end of a chain within the transaction that wrote it.
func (s *Store) mark(tx *gorm.DB, head *Chain) error {
	c := Checkpoint{Account: head.Account, Chain: head.Name, Row: head.Row, Hash: head.Hash, At: s.Now()}
	c.Signature = ed25519.Sign(s.marks.key, c.text())
	if err := insertNew(tx, []Checkpoint{c}); err != nil {
		return fmt.Errorf("writing audit checkpoint: %w", err)
	}
	head.SignedRow, head.SignedAt = c.Row, c.At
	return nil
}

// KeepAudit signs the ends of chains every five minutes, also those of instances that are gone, and copies every checkpoint into the data folder and the
// log, until ctx ends; then once more, so that nothing stays unsigned. A round that fails is logged and made again.
func (s *Store) KeepAudit(ctx context.Context) error {
	tick := time.NewTicker(markTick)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Checkpoint(ctx, false); err != nil && ctx.Err() == nil {
				s.opt.Log.Error("audit checkpoint failed", "error", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
			defer cancel()
			return s.Checkpoint(last, true)
		}
	}
}

// Checkpoint signs the ends of all chains that are due, or of all that have grown, and copies what is new into the file. Only one goroutine of a process
// may call it at a time.
func (s *Store) Checkpoint(ctx context.Context, all bool) error {
	heads, err := s.chains(ctx)
	if err != nil {
		return err
	}
	for _, head := range heads {
		if head.Row == head.SignedRow || !all && s.Now() < head.SignedAt+markAfter {
			continue
		}
		if err := s.markEnd(ctx, head.Name); err != nil {
			return err
		}
	}
	return s.copyMarks(ctx)
}

func (s *Store) chains(ctx context.Context) ([]Chain, error) {
	var heads []Chain
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Order("chain").Find(&heads).Error; err != nil {
		return nil, fmt.Errorf("reading audit chains: %w", err)
	}
	return heads, nil
}

func (s *Store) markEnd(ctx context.Context, name string) error {
	return s.tx(ctx, func(tx *gorm.DB) error {
		head, err := s.lockChain(tx, name)
		if err != nil || head.Row == head.SignedRow {
			return err
		}
		if err := s.mark(tx, &head); err != nil {
			return err
		}
		return saveChain(tx, head)
	})
}

// copyMarks appends to the file what the table has and the file has not. A checkpoint whose signature is wrong is left for the verification to find.
func (s *Store) copyMarks(ctx context.Context) error {
	if s.marks.file == "" {
		return nil
	}
	if s.marks.copied == nil {
		held, err := ReadMarks(s.marks.file)
		if err != nil {
			return err
		}
		s.marks.copied = map[string]int64{}
		for _, c := range held {
			s.marks.copied[c.Chain] = max(s.marks.copied[c.Chain], c.Row)
		}
	}
	heads, err := s.chains(ctx)
	if err != nil {
		return err
	}
	for _, head := range heads {
		if head.SignedRow <= s.marks.copied[head.Name] {
			continue
		}
		var fresh []Checkpoint
		of := s.read(ctx).Where(map[string]any{"account": s.Account(), "chain": head.Name}).Where("at_row > ?", s.marks.copied[head.Name])
		if err := of.Order("at_row").Find(&fresh).Error; err != nil {
			return fmt.Errorf("reading audit checkpoints: %w", err)
		}
		if err := s.marks.append(fresh); err != nil {
			return err
		}
		for _, c := range fresh {
			s.marks.copied[c.Chain] = c.Row
			s.opt.Log.Info("audit checkpoint", "chain", c.Chain, "row", c.Row, "hash", c.Hash, "at", c.At, "signature", c.Signature)
		}
	}
	return nil
}

// append writes checkpoints to the end of the file and to the disk.
func (m *marks) append(fresh []Checkpoint) error {
	var lines []byte
	for _, c := range fresh {
		if !c.genuine(m.key) {
			continue
		}
		line, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("writing audit checkpoint: %w", err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if len(lines) == 0 {
		return nil
	}
	f, err := os.OpenFile(m.file, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening audit checkpoints: %w", err)
	}
	err = dropTorn(f)
	if err == nil {
		_, err = f.Write(lines)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing audit checkpoints: %w", err)
	}
	return nil
}

// dropTorn cuts off a last line without its end, which a crash in the middle of a write leaves: it was no checkpoint yet.
func dropTorn(f *os.File) error {
	all, err := io.ReadAll(f)
	if err != nil || len(all) == 0 || all[len(all)-1] == '\n' {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(all, '\n') + 1))
}

// ErrMarks: a file of checkpoints that cannot be read.
var ErrMarks = errors.New("store: not a file of audit checkpoints")

// ReadMarks reads a file of checkpoints; a file that is not there holds none. A last line without its end, which a crash may leave, does not count.
func ReadMarks(file string) ([]Checkpoint, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening audit checkpoints: %w", err)
	}
	defer f.Close()
	var all []Checkpoint
	lines := bufio.NewReader(f)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return all, nil
		}
		var c Checkpoint
		if json.Unmarshal(line, &c) != nil {
			return nil, fmt.Errorf("%w: line %d", ErrMarks, n)
		}
		all = append(all, c)
	}
}
