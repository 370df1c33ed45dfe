package release

import (
	"cmp"
	"context"
	"slices"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// FlowVersion is one version of a flow with what hangs on it.
type FlowVersion struct {
	Flow     string
	Hash     string
	Since    int64 // when it was first kept, unix ms; 0 = not known
	InForce  bool
	Canary   bool
	Recalled bool
	Open     int               // open talks on it
	At       []store.OpenTalks // where they stand
}

// Versions lists the versions of a flow: those kept, and those that talks are on. Without a flow it lists what is in force, tried or open of every flow.
func (p *Publisher) Versions(ctx context.Context, o Overview, flow string) ([]FlowVersion, error) {
	var main, canary *flows.Library
	for _, r := range o.Releases {
		if r.State != StateInForce && r.State != StateCanary {
			continue
		}
		full, err := p.store.Release(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		_, lib, err := Load(full)
		if err != nil {
			continue // nothing of it can be in force in this version of the program
		}
		if r.State == StateInForce {
			main = lib
		} else {
			canary = lib
		}
	}
	list := versionSet{}
	for _, t := range o.Talks {
		v := list.get(t.Flow, t.Hash)
		v.Open += t.Doctors
		v.At = append(v.At, t)
	}
	list.mark(main, func(v *FlowVersion) { v.InForce = true })
	list.mark(canary, func(v *FlowVersion) { v.Canary = true })
	if flow != "" {
		kept, err := p.store.FlowVersions(ctx, flow)
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			list.get(k.Flow, k.Hash).Since = k.At
		}
	}
	var out []FlowVersion
	for _, v := range list {
		if flow == "" || v.Flow == flow {
			v.Recalled = o.Recall(v.Flow, v.Hash) != nil
			out = append(out, *v)
		}
	}
	slices.SortFunc(out, func(a, b FlowVersion) int {
		return cmp.Or(cmp.Compare(a.Flow, b.Flow), compareBool(b.InForce, a.InForce), cmp.Compare(b.Since, a.Since), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Hash, b.Hash))
	})
	return out, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// versionSet holds versions by flow and hash.
type versionSet map[[2]string]*FlowVersion

func (s versionSet) get(flow, hash string) *FlowVersion {
	key := [2]string{flow, hash}
	if s[key] == nil {
		s[key] = &FlowVersion{Flow: flow, Hash: hash}
	}
	return s[key]
}

// mark marks the version of every flow of a folder.
func (s versionSet) mark(lib *flows.Library, do func(*FlowVersion)) {
	if lib == nil {
		return
	}
	for _, f := range lib.Flows() {
		do(s.get(f.ID, f.Hash()))
	}
}
