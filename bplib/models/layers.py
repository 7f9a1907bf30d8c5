"""Layers as the equations that a textbook writes.  Nothing else is known about them: to add one, add its text.

`Model.block` puts a text into a model, with names of its own:

>>> y = m.block(LAYER_NORM, "1", x="h", eps=1e-5)

Letters of the texts: s sample, t u steps, i j k units, c d channels, p q r positions of an output, of a window and of an
input, v entries of a vocabulary, h heads, e units of a head.  `letters="j:c"` writes them as others.
"""

DENSE = """
z[s,j] = sum(W[j,k] * x[s,k], k) + b[j]
"""

CONV_1D = """
y[s,c,p] = sum(w[c,d,q] * x[s,d,stride*p + dilation*q - pad], d, q) + b[c]
"""

CONV_2D = """
y[s,c,p1,p2] = sum(w[c,d,q1,q2] * x[s,d,stride*p1 + dilation*q1 - pad,stride*p2 + dilation*q2 - pad], d, q1, q2) + b[c]
"""

MAX_POOL_2D = """
y[s,c,m1,m2] = max(x[s,c,step*m1 + o1,step*m2 + o2], o1, o2)
"""

MEAN_POOL_2D = """
y[s,c,m1,m2] = mean(x[s,c,step*m1 + o1,step*m2 + o2], o1, o2)
"""

BATCH_NORM = """
mu[c]        = mean(x[s,c,p1,p2], s, p1, p2)
v[c]         = mean((x[s,c,p1,p2] - mu[c])**2, s, p1, p2)
sigma[c]     = sqrt(v[c] + eps)
n[s,c,p1,p2] = (x[s,c,p1,p2] - mu[c]) / sigma[c]
y[s,c,p1,p2] = gamma[c] * n[s,c,p1,p2] + beta[c]
"""

LAYER_NORM = """
mu[s,t]    = mean(x[s,t,j], j)
v[s,t]     = mean((x[s,t,j] - mu[s,t])**2, j)
sigma[s,t] = sqrt(v[s,t] + eps)
n[s,t,j]   = (x[s,t,j] - mu[s,t]) / sigma[s,t]
y[s,t,j]   = gamma[j] * n[s,t,j] + beta[j]
"""

RMS_NORM = """
rho[s,t] = sqrt(mean(x[s,t,j]**2, j) + eps)
n[s,t,j] = x[s,t,j] / rho[s,t]
y[s,t,j] = gamma[j] * n[s,t,j]
"""

DROPOUT = """
y[s,j] = keep[s,j] * x[s,j] / share
"""

RESIDUAL = """
y[s,t,j] = x[s,t,j] + f[s,t,j]
"""

EMBEDDING = """
y[s,t,j] = E[c[s,t],j] + P[t,j]
"""

RNN = """
z[s,t,j] = sum(W[j,i] * x[s,t,i], i) + sum(U[j,k] * h[s,t-1,k], k) + b[j]
h[s,t,j] = tanh(z[s,t,j])
"""

GRU = """
z_r[s,t,j] = sum(W_r[j,i] * x[s,t,i], i) + sum(U_r[j,k] * h[s,t-1,k], k) + b_r[j]
z_u[s,t,j] = sum(W_u[j,i] * x[s,t,i], i) + sum(U_u[j,k] * h[s,t-1,k], k) + b_u[j]
r[s,t,j]   = sigmoid(z_r[s,t,j])
u[s,t,j]   = sigmoid(z_u[s,t,j])
v[s,t,j]   = sum(U_n[j,k] * h[s,t-1,k], k) + c_n[j]
z_n[s,t,j] = sum(W_n[j,i] * x[s,t,i], i) + b_n[j] + r[s,t,j] * v[s,t,j]
n[s,t,j]   = tanh(z_n[s,t,j])
h[s,t,j]   = (1 - u[s,t,j]) * n[s,t,j] + u[s,t,j] * h[s,t-1,j]
"""

LSTM = """
z_i[s,t,j] = sum(W_i[j,i] * x[s,t,i], i) + sum(U_i[j,k] * h[s,t-1,k], k) + b_i[j]
z_f[s,t,j] = sum(W_f[j,i] * x[s,t,i], i) + sum(U_f[j,k] * h[s,t-1,k], k) + b_f[j]
z_g[s,t,j] = sum(W_g[j,i] * x[s,t,i], i) + sum(U_g[j,k] * h[s,t-1,k], k) + b_g[j]
z_o[s,t,j] = sum(W_o[j,i] * x[s,t,i], i) + sum(U_o[j,k] * h[s,t-1,k], k) + b_o[j]
i[s,t,j]   = sigmoid(z_i[s,t,j])
f[s,t,j]   = sigmoid(z_f[s,t,j])
g[s,t,j]   = tanh(z_g[s,t,j])
o[s,t,j]   = sigmoid(z_o[s,t,j])
c[s,t,j]   = f[s,t,j] * c[s,t-1,j] + i[s,t,j] * g[s,t,j]
m[s,t,j]   = tanh(c[s,t,j])
h[s,t,j]   = o[s,t,j] * m[s,t,j]
"""

ATTENTION = """
r[s,t,u] = sum(q[s,t,e] * k[s,u,e], e) / sqrt(n_e)
a[s,t,u] = softmax(r[s,t,u], u)
y[s,t,e] = sum(a[s,t,u] * v[s,u,e], u)
"""

CAUSAL_ATTENTION = """
r[s,t,u] = sum(q[s,t,e] * k[s,u,e], e) / sqrt(n_e)
a[s,t,u] = softmax(r[s,t,u], u, [u <= t])
y[s,t,e] = sum(a[s,t,u] * v[s,u,e], u)
"""

HEADS = """
q[s,h,t,e] = sum(Q[h,e,k] * x[s,t,k], k)
k[s,h,u,e] = sum(K[h,e,k] * x[s,u,k], k)
v[s,h,u,e] = sum(V[h,e,k] * x[s,u,k], k)
r[s,h,t,u] = sum(q[s,h,t,e] * k[s,h,u,e], e) / sqrt(n_e)
a[s,h,t,u] = softmax(r[s,h,t,u], u, [u <= t])
o[s,h,t,e] = sum(a[s,h,t,u] * v[s,h,u,e], u)
y[s,t,j]   = sum(O[h,e,j] * o[s,h,t,e], h, e)
"""

MLP = """
z[s,t,m] = sum(W[m,k] * x[s,t,k], k) + b[m]
a[s,t,m] = gelu(z[s,t,m])
y[s,t,j] = sum(V[j,m] * a[s,t,m], m) + c[j]
"""

CROSS_ENTROPY = """
p[s,t,v]  = softmax(l[s,t,v], v)
loss[s,t] = -ln(p[s,t,target[s,t]])
C         = mean(loss[s,t], s, t)
"""

TABLE = {name: text for name, text in globals().items() if name.isupper()}
"""name → text of every layer."""
