def artificial_neuron(x, threshold)
    return sum(x) >= threshold
