package console

import "net/http"

// passwordForm is what the page for a new password shows.
type passwordForm struct {
	Must     bool     // the password was given by somebody else
	Problems []string // codes of the word group "problem"
}

func (c *Console) showPassword(w http.ResponseWriter, v *request) error {
	return c.show(w, v, "password", passwordForm{Must: v.user.MustChange})
}

func (c *Console) doPassword(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	old, fresh, again := v.PostForm.Get("old"), v.PostForm.Get("new"), v.PostForm.Get("again")
	f := passwordForm{Must: v.user.MustChange}
	if c.throttle.take("account "+v.user.Name, freeForAccount) > 0 {
		f.Problems = append(f.Problems, "wait")
		return c.render(w, http.StatusTooManyRequests, "password", page{Shell: v.shell, Data: f})
	}
	_, fits, err := c.verify(v.Context(), v.user.Name, cut(old, 4*maxPassword))
	if err != nil {
		return err
	}
	if !fits {
		f.Problems = append(f.Problems, "old")
	} else {
		c.throttle.forget("account " + v.user.Name)
	}
	if weak := weakPassword(v.user.Name, fresh); weak != "" {
		f.Problems = append(f.Problems, weak)
	}
	if fits && fresh == old {
		f.Problems = append(f.Problems, "same")
	}
	if fresh != again {
		f.Problems = append(f.Problems, "repeat")
	}
	if len(f.Problems) > 0 {
		return c.render(w, http.StatusUnprocessableEntity, "password", page{Shell: v.shell, Data: f})
	}
	return c.changePassword(w, v, fresh)
}

// changePassword ends every other session of the person: theirs carry the stamp of the old password.
func (c *Console) changePassword(w http.ResponseWriter, v *request, fresh string) error {
	ctx := v.Context()
	if err := c.store.SetPassword(ctx, v.user.Name, hashPassword(fresh), false, v.user.Name); err != nil {
		return err
	}
	u, err := c.store.User(ctx, v.user.Name)
	if err != nil {
		return err
	}
	if err := c.begin(ctx, u, false); err != nil {
		return err
	}
	return c.back(w, v, "password", "/console/")
}
