package release

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// changedRules lists the files of rules in which two folders differ.
func changedRules(old, now *flows.Library) []string {
	was, is := old.RulesFiles(), now.RulesFiles()
	var out []string
	for _, name := range slices.Sorted(maps.Keys(is)) {
		if was[name] != is[name] {
			out = append(out, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if _, stays := is[name]; !stays {
			out = append(out, name)
		}
	}
	return out
}

// propose keeps a draft that changes the rules for a second person.
func (p *Publisher) propose(ctx context.Context, d *Draft, r store.Release, versions []store.FlowVersion) (store.Release, error) {
	share := r.Share
	r.Cause, r.Share = store.ReleaseRules, 0
	return p.store.ProposeRelease(ctx, r, versions, func(made store.Release) (store.Approval, error) {
		id := strconv.FormatInt(made.ID, 10)
		body, err := json.Marshal(map[string]string{
			"release": id, "base": strconv.FormatInt(d.Base.ID, 10), "share": strconv.Itoa(share), "files": strings.Join(d.Rules, ", "),
		})
		if err != nil {
			return store.Approval{}, fmt.Errorf("writing a proposal: %w", err)
		}
		return store.Approval{Kind: store.ActRules, Object: "release:" + id, Body: body, Reason: r.Message}, nil
	})
}

// Enact puts a proposed release into force for so many percent of the doctors. ErrOvertaken: base, against which it was proposed, is no longer in force. See
// store.ShareRelease for the other errors.
func (p *Publisher) Enact(ctx context.Context, id, base int64, share int, actor, reason string) error {
	now, err := p.store.InForce(ctx)
	if err != nil {
		return err
	}
	if now.Main == nil || now.Main.ID != base {
		return ErrOvertaken
	}
	return p.store.ShareRelease(ctx, id, share, actor, reason)
}

// Rewrite makes a draft of the folder in force with one file of rules replaced. ErrVersion: the folder has no such file.
func (p *Publisher) Rewrite(ctx context.Context, name, source string) (*Draft, error) {
	current, err := p.Current(ctx)
	if err != nil {
		return nil, err
	}
	if current.Library == nil {
		return nil, ErrUnreadable
	}
	if _, ok := current.Library.RulesFiles()[name]; !ok {
		return nil, fmt.Errorf("%w: no file %s", ErrVersion, name)
	}
	r, err := p.store.Release(ctx, current.Release.ID)
	if err != nil {
		return nil, err
	}
	base, err := Folder(r)
	if err != nil {
		return nil, err
	}
	next, err := rewritten(base, name, source)
	if err != nil {
		return nil, err
	}
	return p.Check(ctx, next)
}

// rewritten is a folder with another text in one of its files.
func rewritten(base fs.FS, name, source string) (fs.FS, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	err := fs.WalkDir(base, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(base, path)
		if err != nil {
			return err
		}
		if path == name {
			data = []byte(source)
		}
		f, err := w.Create(path)
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("rewriting %s: %w", name, err)
	}
	return Folder(store.Release{Files: out.Bytes()})
}
