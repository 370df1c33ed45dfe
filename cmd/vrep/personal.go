package main

import (
	"fmt"
	"sync/atomic"

	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/flows"
)

// personal tells which fields of the portrait are personal data: what profile.yaml of some flows marks with pii. The list is made once for each library.
type personal struct {
	of    func() *flows.Library
	known atomic.Pointer[personalFields]
}

type personalFields struct {
	lib   *flows.Library
	names []string
}

// personalOf is for commands that take the flows of the configuration.
func personalOf(cfg *config.Config) (*personal, error) {
	lib, problems := flows.Load(flowsFS(cfg))
	if stop, _ := stopping(problems); lib == nil || len(stop) > 0 {
		return nil, fmt.Errorf("the flows have %d error(s): run vrep flows lint %s", len(problems), cfg.FlowsDir)
	}
	return &personal{of: func() *flows.Library { return lib }}, nil
}

// fields are their names.
func (p *personal) fields() []string {
	lib := p.of()
	if k := p.known.Load(); k != nil && k.lib == lib {
		return k.names
	}
	k := &personalFields{lib: lib}
	for _, f := range lib.Fields() {
		if f.PII {
			k.names = append(k.names, f.Name)
		}
	}
	p.known.Store(k)
	return k.names
}
