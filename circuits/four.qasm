OPENQASM 3.0;
include "stdgates.inc";
// hqrn: {"version":1,"network":"four","block":1,"dim":4,"method":"exact","plus":{"gamma":17.0,"input":[0,1],"phases":"signs","output":[0,1],"accept":{"2":0}},"minus":{"gamma":4.0,"input":[3,4],"output":[3,4],"accept":{"5":0}}}
// input: basis state 0; for m, x first on each of these qubits whose bit of m is 1: plus [0, 1], minus [3, 4]
qubit[6] q;
bit[6] c;
u3(0.3501057777671456, 0.0, 3.141592653589793) q[2];
cx q[1], q[2];
u3(0.3501057777671456, 0.0, 3.141592653589793) q[2];
ry(-0.5404195002705845) q[0];
cx q[1], q[0];
ry(-5.252808480655274) q[0];
cx q[1], q[0];
x q[4];
c[0] = measure q[0];
c[1] = measure q[1];
c[2] = measure q[2];
c[3] = measure q[3];
c[4] = measure q[4];
c[5] = measure q[5];
