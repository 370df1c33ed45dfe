package main

import (
	"context"
	"encoding/json"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/master/sample"
	"github.com/vrep/vrep/store"
)

// demoSeed draws the sample world: the same one in every demo.
const demoSeed = 20261122

// startSample fills a fresh demo with the sample world in the background; pages say so while it lasts. The function it returns ends the filling, which goes
// on with the next start on the same folder; the channel is closed when it has ended.
func (w *demoWorld) startSample(ctx context.Context) (stop func(), ended <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.fillSample(ctx); err != nil && ctx.Err() == nil {
			w.app.log.Error("filling in the sample data failed", "error", err)
		}
	}()
	return func() {
		cancel()
		<-done
	}, done
}

func (w *demoWorld) fillSample(ctx context.Context) error {
	world, err := sample.Make(demoSeed, sample.Whole(), w.app.now().In(w.app.cfg.Zone))
	if err != nil {
		return err
	}
	if err := world.Write(ctx, w.app.store, sample.Options{
		Followers: func(n int) ([]string, error) { return w.platform.Quiet("sample", n) },
		Hospitals: listedHospitals(w.app.own),
	}); err != nil {
		return err
	}
	for _, fill := range []func(context.Context) error{w.countDays, w.fillSupers, w.fillCampaigns, w.fillHandovers, w.fillMeetings, w.fillPast} {
		if err := fill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// countedDays is how many days before today the demo's desk has counted.
const countedDays = 9

// countDays counts the days of the sample's reports, as the desk would have done on each of them.
func (w *demoWorld) countDays(ctx context.Context) error {
	for back := range countedDays {
		if _, err := w.app.safety.Reconcile(ctx, w.app.now().AddDate(0, 0, -back), "system"); err != nil {
			return err
		}
	}
	return nil
}

// listedHospitals are the hospitals of the flows' list as master data, so that the demo knows both those and the invented ones.
func listedHospitals(lib *flows.Library) []store.Hospital {
	list := lib.Lists()["hospitals"]
	if list == nil {
		return nil
	}
	var out []store.Hospital
	for _, item := range list.Items {
		aliases, err := json.Marshal(item.Aka)
		if err != nil {
			continue
		}
		out = append(out, store.Hospital{
			ID: item.Code, Name: item.Label, Aliases: string(aliases), Province: list.Place(item.Code, "province"), City: list.Place(item.Code, "city"),
		})
	}
	return out
}
