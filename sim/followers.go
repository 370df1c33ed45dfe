package sim

// Quiet makes sure that n users with numbered ids follow the account, since before it was connected, and gives their openids. They are known to the
// platform like any follower, and are left out of the list of phones: nobody wants to scroll past a thousand of them.
func (p *Platform) Quiet(prefix string, n int) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]string, n)
	for i, id := range numbered(prefix, n) {
		u, err := p.userOf(id)
		if err != nil {
			return nil, err
		}
		if !u.Following && !u.Left {
			u.Following, u.FollowedAt = true, p.now().UnixMilli()
		}
		u.Quiet = true
		out[i] = u.OpenID
	}
	return out, nil
}
