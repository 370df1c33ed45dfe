package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/store"
)

func newFlowsVersions() *cobra.Command {
	var at place
	var asJSON bool
	c := &cobra.Command{
		Use: "versions [FLOW]", Short: "list releases, versions and where doctors stand",
		Long: "Lists who published what and when, what is in force, tried, scheduled and recalled, and how many talks are open on each version. With a flow: all\n" +
			"its versions, and the questions at which doctors stand.",
		Example: "  vrep flows versions\n  vrep flows versions first_visit\n  vrep flows versions --json", Args: args(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return withReleases(c, at, func(ctx context.Context, r *releaseRun) error {
				v, err := r.versions(ctx, a)
				if err != nil {
					return err
				}
				if asJSON {
					return v.writeJSON(r)
				}
				return r.print("versions", v)
			})
		},
	}
	at.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

// versionList is what versions prints.
type versionList struct {
	Releases []release.Listed
	Versions []release.FlowVersion
	Recalls  []store.Recall
}

// versions lists what is open and in force, or everything about one flow.
func (r *releaseRun) versions(ctx context.Context, a []string) (versionList, error) {
	o, err := r.publisher.Overview(ctx)
	if err != nil {
		return versionList{}, err
	}
	flow := ""
	if len(a) > 0 {
		flow = a[0]
	}
	v := versionList{Releases: o.Releases}
	if v.Versions, err = r.publisher.Versions(ctx, o, flow); err != nil {
		return versionList{}, err
	}
	v.Recalls = slices.DeleteFunc(slices.Clone(o.Recalls), func(x store.Recall) bool { return flow != "" && x.Flow != flow })
	if flow != "" && len(v.Versions) == 0 {
		return versionList{}, fmt.Errorf("%w: no flow called %s was published", release.ErrVersion, flow)
	}
	return v, nil
}

// JSON forms of what versions lists; times are RFC 3339.
type (
	releaseJSON struct {
		ID       int64  `json:"id"`
		State    string `json:"state"`
		At       string `json:"at"`
		Share    int    `json:"share"`
		By       string `json:"by"`
		Message  string `json:"message"`
		Cause    string `json:"cause"`
		Back     int64  `json:"back,omitempty"`
		Folder   string `json:"folder"`
		Findings int    `json:"findings"`
		Cases    int    `json:"cases"`
	}
	versionJSON struct {
		Flow     string         `json:"flow"`
		Hash     string         `json:"hash"`
		Since    string         `json:"since"`
		InForce  bool           `json:"in_force"`
		Canary   bool           `json:"canary"`
		Recalled bool           `json:"recalled"`
		Open     int            `json:"open"`
		At       map[string]int `json:"at"`
	}
	recallJSON struct {
		Flow    string `json:"flow"`
		Version string `json:"version"`
		Policy  string `json:"policy"`
		Reason  string `json:"reason"`
		Say     string `json:"say"`
		By      string `json:"by"`
		At      string `json:"at"`
		Lifted  string `json:"lifted,omitempty"`
	}
)

func (v versionList) writeJSON(r *releaseRun) error {
	at := func(ms int64) string {
		if ms == 0 {
			return ""
		}
		return time.UnixMilli(ms).In(r.zone).Format(time.RFC3339)
	}
	out := struct {
		Releases []releaseJSON `json:"releases"`
		Versions []versionJSON `json:"versions"`
		Recalls  []recallJSON  `json:"recalls"`
	}{[]releaseJSON{}, []versionJSON{}, []recallJSON{}}
	for _, x := range v.Releases {
		out.Releases = append(out.Releases, releaseJSON{
			x.ID, x.State, at(x.At), x.Share, x.Author, x.Message, x.Cause, x.Back, x.Hash, x.Findings, x.Cases,
		})
	}
	for _, x := range v.Versions {
		places := map[string]int{}
		for _, p := range x.At {
			places[p.Question] += p.Doctors
		}
		out.Versions = append(out.Versions, versionJSON{x.Flow, x.Hash, at(x.Since), x.InForce, x.Canary, x.Recalled, x.Open, places})
	}
	for _, x := range v.Recalls {
		out.Recalls = append(out.Recalls, recallJSON{x.Flow, x.Version, x.Policy, x.Reason, x.Say, x.Author, at(x.At), at(x.LiftedAt)})
	}
	enc := json.NewEncoder(r.c.OutOrStdout())
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}
