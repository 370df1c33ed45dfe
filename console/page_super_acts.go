package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vrep/vrep/store"
)

// Addresses of acts about super customers.
const (
	pathDecideSuper = "/console/supers/{id}/decide/{act}"
	pathWorkSuper   = "/console/supers/{id}/work/{act}"
	pathClearSuper  = "/console/supers/{id}/clear"
)

// superNotices are what a person is told whose act was refused.
var superNotices = map[string]error{
	"unreasoned": store.ErrNoReason, "gone": store.ErrMoved, "super_full": store.ErrSuperFull, "super_points": store.ErrSuperPoints,
	"super_material": store.ErrMaterial, "same_role": store.ErrSameRole, "same_person": store.ErrSamePerson, "super_long": store.ErrTooLong,
}

// superDone tells a person how an act ended and leads back to the page.
func (c *Console) superDone(w http.ResponseWriter, v *request, err error, done string) error {
	path := "/console/supers/" + v.PathValue("id") + "?product=" + v.PostForm.Get("product") + "&lens=" + v.PostForm.Get("lens")
	for notice, refusal := range superNotices {
		if errors.Is(err, refusal) {
			return c.back(w, v, notice, path)
		}
	}
	if err != nil {
		return err
	}
	return c.back(w, v, done, path)
}

// doDecideSuper proposes, refuses, ends or reviews. To confirm takes a second person of another role: see actSuper.
func (c *Console) doDecideSuper(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	p, err := c.superPage(v, v.PostForm.Get("product"), v.PostForm.Get("lens"))
	if err != nil {
		return err
	}
	ctx, reason, days := v.Context(), typedText(v, "reason"), 24*time.Hour
	switch v.PathValue("act") {
	case "propose":
		if !p.Ripe {
			return c.superDone(w, v, store.ErrSuperPoints, "")
		}
		body := actBody{"doctor": p.Doctor, "product": p.Product.Code, "lens": p.Super.Lens}
		return c.propose(w, v, store.ActSuper, p.Doctor+":"+p.Product.Code, body, reason, "/console/supers/"+p.Doctor+"?product="+p.Product.Code)
	case "refuse":
		return c.superDone(w, v, c.store.RefuseSuper(ctx, p.Doctor, p.Product.Code, reason, time.Duration(p.Info.Again)*days), "super_refused")
	case "end":
		return c.superDone(w, v, c.store.EndSuper(ctx, p.Doctor, p.Product.Code, reason, time.Duration(p.Info.Again)*days), "super_ended")
	case "review":
		return c.superDone(w, v, c.store.ReviewSuper(ctx, p.Doctor, p.Product.Code, reason, time.Duration(p.Info.Review)*days), "super_reviewed")
	}
	return store.ErrNotFound
}

// doWorkSuper writes the card, plans or records a step, and records an outcome that the doctor helped to.
func (c *Console) doWorkSuper(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	p, err := c.superPage(v, v.PostForm.Get("product"), v.PostForm.Get("lens"))
	if err != nil {
		return err
	}
	ctx, product := v.Context(), p.Product.Code
	switch v.PathValue("act") {
	case "card":
		card := store.SuperCard{Doctor: p.Doctor, Product: product, Empathy: v.PostForm.Get("empathy"), Taboo: v.PostForm.Get("taboo"),
			Channel: p.Info.Channel(v.PostForm.Get("channel")).Code, Was: v.PostForm.Get("was")}
		return c.superDone(w, v, c.store.WriteSuperCard(ctx, card), "super_card")
	case "plan":
		at := c.now().Add(14 * 24 * time.Hour)
		if day, err := time.ParseInLocation(formDay, v.PostForm.Get("at"), c.zone); err == nil {
			at = day.Add(24*time.Hour - time.Minute)
		}
		return c.superDone(w, v, c.store.PlanSuper(ctx, p.Doctor, product, v.PostForm.Get("step"), at.UnixMilli()), "super_planned")
	case "done":
		return c.superDone(w, v, c.store.DoneSuper(ctx, p.Doctor, product, typedText(v, "what")), "super_done")
	case "quote":
		done, err := c.askQuote(v, p)
		return c.superDone(w, v, err, done)
	case "influence":
		return c.superDone(w, v, c.addInfluence(v, p), "super_influence")
	}
	return store.ErrNotFound
}

// addInfluence records an outcome. What looks like a doctor's id must be one that the person may see.
func (c *Console) addInfluence(v *request, p superPage) error {
	in := store.Influence{Doctor: p.Doctor, Product: p.Product.Code, Kind: v.PostForm.Get("kind"), Other: v.PostForm.Get("other"), Note: v.PostForm.Get("note")}
	if in.Other == in.Doctor {
		return store.ErrMoved
	}
	if in.Other != "" {
		seen, err := c.store.SeesDoctor(v.Context(), in.Other)
		if err != nil {
			return err
		}
		if !seen {
			return store.ErrNotFound
		}
	}
	return c.store.AddInfluence(v.Context(), in)
}

// doClearSuper lets compliance set a request for a benefit aside: the rules may then weigh the doctor again.
func (c *Console) doClearSuper(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	err := c.store.ClearBenefit(v.Context(), v.PathValue("id"), v.PostForm.Get("product"), typedText(v, "reason"))
	return c.superDone(w, v, err, "super_cleared")
}

// actSuper confirms a candidate: the second person decides, in another role than the first.
func (c *Console) actSuper(ctx context.Context, a store.Approval) error {
	body, err := bodyOf(a)
	if err != nil {
		return err
	}
	lib := c.libraryNow()
	if lib == nil || lib.Supers() == nil {
		return store.ErrNotFound
	}
	info := lib.Supers()
	return c.store.ConfirmSuper(ctx, store.SuperConfirm{
		Doctor: body["doctor"], Product: body["product"], First: a.Actor, FirstRole: a.ActorRole, Second: a.DecidedBy, SecondRole: a.DecidedRole,
		Least: info.Confirmed, Share: info.Share, Review: time.Duration(info.Review) * 24 * time.Hour, Reason: a.Reason,
	})
}
