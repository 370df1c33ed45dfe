package release

import (
	"context"

	"github.com/vrep/vrep/flows"
)

// hospitalList is the list of the flows that the hospitals of the master data stand in for.
const hospitalList = "hospitals"

// feedHospitals takes over the hospitals of the master data when they have changed. Without any the list of the folder counts.
func (k *Keeper) feedHospitals(ctx context.Context) error {
	at, err := k.opt.Store.HospitalStamp(ctx)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	held := k.held.Load()
	if at == k.fed || held == nil {
		return nil
	}
	all, err := k.opt.Store.Hospitals(ctx)
	if err != nil {
		return err
	}
	entries := make([]flows.ListEntry, len(all))
	for i, h := range all {
		entries[i] = flows.ListEntry{Code: h.ID, Label: h.Name, Aka: h.Names()[1:], Columns: map[string]string{"city": h.City, "province": h.Province}}
	}
	k.feed.Set(held.main, hospitalList, entries)
	k.fed = at
	return nil
}
